//! Everything that can happen in a few steps: the rule by which what is included grows, and the
//! acknowledgements, gone through exhaustively.
//!
//! Two replicas that know each other, or three in a row, write, sync their disks, crash and come back,
//! while each message arrives, is lost, arrives twice or is overtaken by the next. After every step
//! whoever covers a token has to show what was written, and what counts as durable elsewhere has to
//! be on a disk there; and from wherever it comes to, everything heals.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crdt_core::Reading;
use crdt_sets::GSet;
#[cfg(feature = "simulate")]
use crdt_sync::simulation::Fault;
use crdt_sync::{Config, Durability, Opening, Peer, Record, Replica, Token};

const START_MS: u64 = 1_700_000_000_000;

/// One step of one host, or of the messages from one host to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Write(usize),
    Sync(usize),
    /// So many records that were not reported had reached the disk.
    Crash(usize, usize),
    Arrive(usize, usize),
    Lose(usize, usize),
    Repeat(usize, usize),
    Overtake(usize, usize),
    /// Time passes until somebody wants to be asked.
    Wait,
}

struct World {
    config: Config,
    links: Vec<(usize, usize)>,
    replicas: Vec<Replica<GSet<u8>>>,
    disks: Vec<Vec<Vec<u8>>>,
    unsynced: Vec<VecDeque<Record>>,
    under_way: BTreeMap<(usize, usize), VecDeque<Vec<u8>>>,
    now_ms: u64,
    openings: u128,
    writes: Vec<(Token, u8, usize)>,
    /// Those that were durable once.
    kept: BTreeSet<u8>,
    crashes: usize,
}

impl World {
    /// All are connected and know it, and all of that is durable.
    fn new(links: &[(usize, usize)], config: &Config) -> Self {
        let count = links.iter().map(|link| link.0.max(link.1)).max().unwrap_or(0) + 1;
        let mut world = Self {
            config: config.clone(),
            links: links.to_vec(),
            replicas: Vec::new(),
            disks: vec![Vec::new(); count],
            unsynced: vec![VecDeque::new(); count],
            under_way: BTreeMap::new(),
            now_ms: START_MS,
            openings: 0,
            writes: Vec::new(),
            kept: BTreeSet::new(),
            crashes: 0,
        };
        for host in 0..count {
            let replica = world.open(host);
            world.replicas.push(replica);
        }
        let ids: Vec<_> = world.replicas.iter().map(Replica::id).collect();
        for (host, replica) in world.replicas.iter_mut().enumerate() {
            let linked = links.iter().filter(|(one, other)| *one == host || *other == host);
            replica.set_members(linked.map(|(one, other)| ids[one + other - host]));
        }
        for (one, other) in world.links.clone() {
            world.connect(one, other);
        }
        world.settle();
        world
    }

    fn now(&self) -> Reading {
        Reading::wall(self.now_ms)
    }

    fn open(&mut self, host: usize) -> Replica<GSet<u8>> {
        self.openings += 1;
        let opening = Opening::new(self.openings, self.now());
        let records = self.disks[host].iter().map(Vec::as_slice);
        Replica::open(None, records, &opening, self.config.clone()).expect("a disk in order")
    }

    fn connect(&mut self, one: usize, other: usize) {
        let now = self.now();
        self.replicas[one].connect(Peer(other as u64), now);
        self.replicas[other].connect(Peer(one as u64), now);
    }

    /// Takes out what everybody has to say.
    fn pump(&mut self) {
        let now = self.now();
        for (host, replica) in self.replicas.iter_mut().enumerate() {
            while let Some(message) = replica.next_message(now) {
                let to = usize::try_from(message.to.0).expect("a number");
                self.under_way.entry((host, to)).or_default().push_back(message.bytes);
            }
            while let Some(record) = replica.next_record() {
                self.unsynced[host].push_back(record);
            }
            while replica.next_event().is_some() {}
        }
    }

    fn sync(&mut self, host: usize) {
        for record in std::mem::take(&mut self.unsynced[host]) {
            self.disks[host].push(record.bytes);
            self.replicas[host].persisted(record.number);
        }
        let is_kept = |token: &Token| self.replicas[host].is_durable(token, Durability::Local);
        let kept = self.writes.iter().filter(|(token, ..)| is_kept(token));
        self.kept.extend(kept.map(|(_, element, _)| *element));
    }

    fn arrive(&mut self, from: usize, to: usize, bytes: &[u8]) {
        let now = self.now();
        // Who was spoken to may have begun anew.
        let _understood = self.replicas[to].receive(Peer(from as u64), bytes, now);
    }

    /// The steps that there are to take.
    fn choices(&self, most_writes: usize) -> Vec<Step> {
        let mut choices = Vec::new();
        for host in 0..self.replicas.len() {
            if self.writes.len() < most_writes {
                choices.push(Step::Write(host));
            }
            if !self.unsynced[host].is_empty() {
                choices.push(Step::Sync(host));
            }
            if self.crashes == 0 {
                let most = self.unsynced[host].len();
                choices.extend((0..=most).map(|kept| Step::Crash(host, kept)));
            }
        }
        for ((from, to), messages) in &self.under_way {
            if !messages.is_empty() {
                let all = [Step::Arrive, Step::Lose, Step::Repeat];
                choices.extend(all.map(|step| step(*from, *to)));
            }
            if messages.len() > 1 {
                choices.push(Step::Overtake(*from, *to));
            }
        }
        if self.next_deadline().is_some() {
            choices.push(Step::Wait);
        }
        choices
    }

    fn next_deadline(&self) -> Option<u64> {
        self.replicas.iter().filter_map(Replica::next_deadline).min()
    }

    fn take(&mut self, step: Step) {
        let mut next = |from, to| {
            let messages: &mut VecDeque<Vec<u8>> = self.under_way.entry((from, to)).or_default();
            messages.pop_front().unwrap_or_default()
        };
        match step {
            Step::Write(host) => {
                let (now, element) = (self.now(), u8::try_from(self.writes.len()).expect("few"));
                let written = self.replicas[host].write(now, |set, _| set.add(element));
                self.writes.push((written.expect("open"), element, host));
            }
            Step::Sync(host) => self.sync(host),
            Step::Crash(host, kept) => {
                self.crashes += 1;
                let unsynced = std::mem::take(&mut self.unsynced[host]);
                self.disks[host].extend(unsynced.into_iter().take(kept).map(|it| it.bytes));
                self.replicas[host] = self.open(host);
                for (one, other) in self.links.clone() {
                    if one == host || other == host {
                        self.connect(one, other);
                    }
                }
            }
            Step::Arrive(from, to) => {
                let message = next(from, to);
                self.arrive(from, to, &message);
            }
            Step::Lose(from, to) => drop(next(from, to)),
            Step::Repeat(from, to) => {
                let message = next(from, to);
                self.arrive(from, to, &message);
                self.arrive(from, to, &message);
            }
            Step::Overtake(from, to) => {
                let (first, second) = (next(from, to), next(from, to));
                self.arrive(from, to, &second);
                self.arrive(from, to, &first);
            }
            Step::Wait => self.now_ms = self.now_ms.max(self.next_deadline().unwrap_or(0)),
        }
        self.pump();
    }

    /// What has to hold after every step; tells what does not.
    fn check(&self) -> Result<(), String> {
        for (host, replica) in self.replicas.iter().enumerate() {
            // Everybody was asked until they had nothing to say: a host would spin.
            if let Some(past) = replica.next_deadline().filter(|next| *next <= self.now_ms) {
                return Err(format!(
                    "{host} wants to be asked at {past}, and it is {}",
                    self.now_ms
                ));
            }
        }
        for (token, element, _) in &self.writes {
            for (host, replica) in self.replicas.iter().enumerate() {
                if replica.covers(token) && !replica.state().contains(element) {
                    return Err(format!("{host} covers write {element} and does not show it"));
                }
                for member in replica.durable_at(token) {
                    let place = self.replicas.iter().position(|other| other.id() == member);
                    let is_there =
                        place.is_none_or(|place| self.is_on_disk(place, token, *element));
                    if !is_there {
                        return Err(format!("{host} counts write {element} as durable, and lies"));
                    }
                }
            }
        }
        Ok(())
    }

    fn is_on_disk(&self, host: usize, token: &Token, element: u8) -> bool {
        let records = self.disks[host].iter().map(Vec::as_slice);
        let opening = Opening::new(0, self.now());
        let looked = Replica::<GSet<u8>>::open(None, records, &opening, Config::volatile());
        looked.is_ok_and(|look| look.covers(token) && look.state().contains(&element))
    }

    /// Everything arrives, and is synced, until nobody has anything to say.
    fn settle(&mut self) {
        let end = self.now_ms + 3_600_000;
        self.pump();
        loop {
            (0..self.replicas.len()).for_each(|host| self.sync(host));
            self.pump();
            let under_way = std::mem::take(&mut self.under_way);
            let is_silent = under_way.values().all(VecDeque::is_empty);
            for ((from, to), messages) in under_way {
                for message in &messages {
                    self.arrive(from, to, message);
                }
            }
            self.pump();
            if is_silent && self.unsynced.iter().all(VecDeque::is_empty) {
                let Some(next) = self.next_deadline().filter(|next| *next < end) else { break };
                self.now_ms = self.now_ms.max(next);
                self.pump();
            }
        }
    }

    /// What has to hold when everything has healed.
    fn check_healed(&self) -> Result<(), String> {
        self.check()?;
        for replica in &self.replicas {
            if replica.state() != self.replicas[0].state() {
                return Err("the states differ".into());
            }
            if replica.log_bytes() > 0 {
                return Err("a log is not empty".into());
            }
            if let Some(next) = replica.next_deadline() {
                return Err(format!("somebody still waits for {next}"));
            }
        }
        for (token, element, host) in &self.writes {
            let is_there = self.replicas[0].state().contains(element);
            let is_covered = self.replicas.iter().all(|replica| replica.covers(token));
            let may_be_lost = self.crashes > 0 && !self.kept.contains(element);
            if !(may_be_lost && !is_there || is_there && is_covered) {
                return Err(format!("write {element} of {host} is lost, or its token is"));
            }
        }
        Ok(())
    }
}

/// Goes through all that can happen in `depth` steps; returns how many ways there are, or the first
/// in which something does not hold.
fn enumerate(
    links: &[(usize, usize)],
    config: &Config,
    most_writes: usize,
    depth: usize,
) -> Result<usize, String> {
    let mut ways = 0;
    let mut path: Vec<(Vec<Step>, usize)> = Vec::new();
    loop {
        let steps: Vec<Step> = path.iter().map(|(choices, place)| choices[*place]).collect();
        let mut world = World::new(links, config);
        for step in &steps {
            world.take(*step);
        }
        let tell = |problem: String| format!("{problem}, after {steps:?}");
        world.check().map_err(tell)?;
        let choices = world.choices(most_writes);
        if path.len() < depth && !choices.is_empty() {
            path.push((choices, 0));
            continue;
        }
        ways += 1;
        world.settle();
        world.check_healed().map_err(|problem| format!("{problem} in the end, after {steps:?}"))?;
        while let Some((choices, place)) = path.last_mut() {
            *place += 1;
            if *place < choices.len() {
                break;
            }
            path.pop();
        }
        if path.is_empty() {
            return Ok(ways);
        }
    }
}

/// Nothing waits for anything else to travel with.
fn prompt() -> Config {
    Config {
        forward_delay_ms: 0,
        ack_delay_ms: 0,
        gossip_ms: 10,
        resend_ms: 100,
        max_resend_ms: 1_000,
        quiet_ms: 1_000,
        ..Config::default()
    }
}

const PAIR: [(usize, usize); 1] = [(0, 1)];
const ROW: [(usize, usize); 2] = [(0, 1), (1, 2)];

#[test]
fn two_replicas() {
    let ways = enumerate(&PAIR, &prompt(), 2, 6).expect("everything holds");
    assert!(ways > 2_000, "{ways}");
}

#[test]
fn two_replicas_whose_logs_hold_nothing() {
    let config = Config { log_bytes: 0, ..prompt() };
    let ways = enumerate(&PAIR, &config, 2, 5).expect("everything holds");
    assert!(ways > 2_000, "{ways}");
}

#[test]
fn three_replicas_in_a_row() {
    let ways = enumerate(&ROW, &prompt(), 2, 5).expect("everything holds");
    assert!(ways > 1_000, "{ways}");
}

#[cfg(feature = "simulate")]
#[test]
fn what_is_acknowledged_early_is_found() {
    let config = Config { fault: Some(Fault::AcknowledgeEarly), ..prompt() };
    enumerate(&PAIR, &config, 1, 4).expect_err("a member that has nothing counts");
}

#[cfg(feature = "simulate")]
#[test]
fn what_is_known_across_a_gap_is_found() {
    let config = Config { fault: Some(Fault::KnowAcrossGaps), ..prompt() };
    enumerate(&PAIR, &config, 2, 6).expect_err("a token is covered whose write is not there");
}
