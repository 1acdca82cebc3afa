//! Does what it is told line by line, with replicas of documents, and answers each line with a line:
//! so that those of the npm package can be compared with these, byte for byte
//! (`test/mirror.test.mjs` has both do the same).

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::{Display, Write as _};
use std::io::{self, BufRead, Write as _};
use std::str::SplitWhitespace;

use crdt_core::{Reading, Wire};
use crdt_document::{Author, Document, Kind, Transaction, Value, WriteError};
use crdt_sync::{Config, Event, Opening, Peer, Replica};

type Failure = Box<dyn Error>;

/// A store, and the replica that has it open.
#[derive(Default)]
struct Node {
    snapshot: Option<Vec<u8>>,
    records: Vec<(u64, Vec<u8>)>,
    replica: Option<Replica<Document>>,
}

fn main() -> Result<(), Failure> {
    let mut nodes = BTreeMap::<String, Node>::new();
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let answer = step(&mut nodes, &line).map_err(|error| format!("{line:?}: {error}"))?;
        writeln!(out, "{answer}")?;
    }
    Ok(())
}

/// A line is a command, the name of a node, and what belongs to it.
fn step(nodes: &mut BTreeMap<String, Node>, line: &str) -> Result<String, Failure> {
    let mut words = line.split_whitespace();
    let command = word(&mut words)?;
    let node = nodes.entry(word(&mut words)?.into()).or_default();
    match command {
        "forget" => {
            *node = Node::default();
            return Ok(String::new());
        }
        "open" => return open(node, &mut words),
        _ => {}
    }
    let replica = node.replica.as_mut().ok_or("it is not open")?;
    let answer = match command {
        "crash" => {
            node.replica = None;
            String::new()
        }
        "close" => {
            replica.close();
            String::new()
        }
        "confirm" => {
            replica.confirm_clock(reading(&mut words)?);
            String::new()
        }
        "write" => {
            let now = reading(&mut words)?;
            let operations = words.collect::<Vec<_>>().join(" ");
            said(replica.try_write(now, |document, me, stamp| {
                document.transact(Author::new(me, stamp), |tx| run(&operations, tx))
            }))
        }
        "connect" => {
            replica.connect(peer(&mut words)?, reading(&mut words)?);
            String::new()
        }
        "disconnect" => {
            replica.disconnect(peer(&mut words)?);
            String::new()
        }
        "receive" => {
            let (from, now) = (peer(&mut words)?, reading(&mut words)?);
            said(replica.receive(from, &bytes(word(&mut words)?)?, now).map(|()| "taken"))
        }
        "send" => {
            let (to, now) = (peer(&mut words)?, reading(&mut words)?);
            let messages = std::iter::from_fn(|| replica.next_message_to(to, now));
            messages.map(|message| hex(&message.bytes)).collect::<Vec<_>>().join(" ")
        }
        "persist" => {
            let mut answer = String::new();
            while let Some(record) = replica.next_record() {
                write!(answer, "{}:{} ", record.number, hex(&record.bytes))?;
                node.records.push((record.number, record.bytes));
            }
            if let Some((last, _)) = node.records.last() {
                replica.persisted(*last);
            }
            answer
        }
        "snapshot" => {
            let snapshot = replica.snapshot();
            node.records.retain(|(number, _)| *number > snapshot.number);
            let answer = format!("{}:{}", snapshot.number, hex(&snapshot.bytes));
            node.snapshot = Some(snapshot.bytes);
            answer
        }
        "events" => {
            std::iter::from_fn(|| replica.next_event()).map(told).collect::<Vec<_>>().join(" ")
        }
        "look" => look(replica, peer(&mut words)?, reading(&mut words)?),
        other => return Err(format!("there is no command {other}").into()),
    };
    Ok(answer)
}

fn open(node: &mut Node, words: &mut SplitWhitespace<'_>) -> Result<String, Failure> {
    let seed = u128::from_str_radix(word(words)?, 16)?;
    let opening = Opening::new(seed, reading(words)?);
    let (max_message, log_bytes) = (word(words)?.parse()?, word(words)?.parse()?);
    let config = Config { max_message, log_bytes, ..Config::default() };
    let replica = if node.snapshot.is_none() && node.records.is_empty() {
        Replica::new(&opening, config)
    } else {
        let records = node.records.iter().map(|(_, bytes)| bytes.as_slice());
        match Replica::open(node.snapshot.as_deref(), records, &opening, config) {
            Ok(replica) => replica,
            Err(error) => return Ok(format!("error {error}")),
        }
    };
    let id = replica.id().to_string();
    node.replica = Some(replica);
    Ok(id)
}

/// What there is to see of a replica.
fn look(replica: &Replica<Document>, peer: Peer, now: Reading) -> String {
    let lag = replica.replica_of(peer).and_then(|id| replica.lag(id, now));
    let lag = lag.map(|lag| format!("{} {} {}", lag.positions, lag.bytes, lag.age_ms));
    format!(
        "{} {} {:?} {} {}",
        hex(&replica.state().encode()),
        replica.token(),
        replica.next_deadline(),
        replica.quarantined().0,
        lag.unwrap_or_default()
    )
}

/// The operations of a write, which end with a semicolon each.
fn run(operations: &str, tx: &mut Transaction<'_>) -> Result<(), WriteError> {
    operations.split_terminator(';').try_for_each(|operation| {
        let mut words = operation.split_whitespace();
        let kind = words.next().unwrap_or_default();
        let name = words.next().and_then(text).unwrap_or_default();
        let name = name.as_str();
        let first = words.clone().next().unwrap_or_default();
        let amount = || first.parse().unwrap_or_default();
        let mut values = words.filter_map(value);
        match kind {
            "count" => tx.counter(name).increment(amount()),
            "up" => tx.pn_counter(name).increment(amount()),
            "down" => tx.pn_counter(name).decrement(amount()),
            "reset" => tx.pn_counter(name).reset(),
            "grow" => tx.g_set(name).add_all(values),
            "add" => tx.set(name).add_all(values),
            "remove" => tx.set(name).remove_all(values),
            "clear" => tx.set(name).clear(),
            "set" => tx.register(name).set(values.next().unwrap_or_default()),
            "unset" => tx.register(name).clear(),
            "mv-set" => tx.mv_register(name).set(values.next().unwrap_or_default()),
            "mv-unset" => tx.mv_register(name).clear(),
            "delete" => tx.remove(name),
            _ => tx.remove_kind(name, kind_of(first)),
        }
    })
}

fn kind_of(word: &str) -> Kind {
    match word {
        "counter" => Kind::Counter,
        "pnCounter" => Kind::PnCounter,
        "gSet" => Kind::GSet,
        "set" => Kind::Set,
        "register" => Kind::Register,
        _ => Kind::MvRegister,
    }
}

/// A value: what it is in one letter, and its content.
fn value(word: &str) -> Option<Value> {
    let content = word.get(1..)?;
    match word.get(..1)? {
        "n" => Some(Value::Null),
        "y" => Some(Value::Bool(true)),
        "x" => Some(Value::Bool(false)),
        "i" => content.parse().ok().map(Value::I64),
        "f" => u64::from_str_radix(content, 16).ok().map(|bits| Value::F64(f64::from_bits(bits))),
        "t" => text(content).map(Value::from),
        _ => bytes(content).ok().map(Value::from),
    }
}

/// An event in a word, of a change with the names.
fn told(event: Event<Document>) -> String {
    match event {
        Event::Changed { names, .. } => {
            let names: Vec<_> = names.iter().map(|name| hex(name.as_bytes())).collect();
            format!("changed:{}", names.join(","))
        }
        Event::Connected { replica, .. } => format!("connected:{replica}"),
        Event::Lag { replica, .. } => format!("lag:{replica}"),
        Event::Quarantined { waiting, .. } => format!("quarantined:{waiting}"),
        Event::ValueRefused { .. } => "valueRefused".into(),
        Event::Refused { .. } => "refused".into(),
        Event::RefusedByPeer { .. } => "refusedByPeer".into(),
        Event::Restored { held, peer_has } => format!("restored:{held}:{peer_has}"),
        Event::Forked { .. } => "forked".into(),
        Event::Renewed { from, to, .. } => format!("renewed:{from}:{to}"),
        Event::TooLong { .. } => "tooLong".into(),
        Event::Diverged { .. } => "diverged".into(),
        _ => "other".into(),
    }
}

fn said<T: Display, E: Display>(result: Result<T, E>) -> String {
    result.map_or_else(|error| format!("error {error}"), |value| value.to_string())
}

fn word<'a>(words: &mut SplitWhitespace<'a>) -> Result<&'a str, Failure> {
    words.next().ok_or_else(|| "a word is missing".into())
}

fn peer(words: &mut SplitWhitespace<'_>) -> Result<Peer, Failure> {
    Ok(Peer(word(words)?.parse()?))
}

fn reading(words: &mut SplitWhitespace<'_>) -> Result<Reading, Failure> {
    Ok(Reading { wall_ms: word(words)?.parse()?, monotonic_ms: word(words)?.parse()? })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Bytes from hexadecimal digits; `-` is none.
fn bytes(hex: &str) -> Result<Vec<u8>, Failure> {
    let hex = hex.trim_start_matches('-');
    let pairs = (0..hex.len()).step_by(2);
    pairs
        .map(|at| {
            let pair = hex.get(at..at + 2).ok_or("a digit is missing")?;
            Ok(u8::from_str_radix(pair, 16)?)
        })
        .collect()
}

fn text(hex: &str) -> Option<String> {
    String::from_utf8(bytes(hex).ok()?).ok()
}
