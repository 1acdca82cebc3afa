//! Two replicas of a cart, each at its end of a TCP connection: all that a host has to do.
//!
//! A replica does no I/O. Its host hands it the time and the bytes that arrive, and sends what it
//! says. `cargo run -p crdt-sync --example tcp`

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::{error::Error, thread, time::Duration};

use crdt_core::{Reading, ReplicaId};
use crdt_sets::OrSet;
use crdt_sync::{Config, Opening, Peer, Replica};

type Cart = OrSet<String>;
type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The only peer there is. A host with several numbers its connections.
const OTHER: Peer = Peer(0);

/// A stream has no messages, so each is preceded by its length. Memory grows with what arrives, and
/// not with what a stranger promises.
fn read_message(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let mut message = Vec::new();
    stream.take(u32::from_be_bytes(length).into()).read_to_end(&mut message)?;
    Ok(message)
}

/// Adds an item, stays together with the other end until both hold `count`, and returns the cart.
fn shop(item: &str, count: usize, mut stream: TcpStream) -> Outcome<Cart> {
    // It keeps no records, and so is another replica each time: with a store it has to say
    // `next_record` and `persisted`, too.
    let random_bits = ReplicaId::random().as_u128();
    let opening = Opening::new(random_bits, Reading::system());
    let mut replica = Replica::<Cart>::new(&opening, Config::volatile());
    let token = replica.write(Reading::system(), |cart, me| cart.add(me, item.into()))?;

    let (sender, arrived) = mpsc::channel();
    let mut incoming = stream.try_clone()?;
    thread::spawn(move || {
        while let Ok(message) = read_message(&mut incoming) {
            let _nobody_listens = sender.send(message);
        }
    });
    replica.connect(OTHER, Reading::system());
    loop {
        let now = Reading::system();
        while let Some(message) = replica.next_message(now) {
            stream.write_all(&u32::try_from(message.bytes.len())?.to_be_bytes())?;
            stream.write_all(&message.bytes)?;
        }
        // The token stands for what was written; the other says when it holds that, too.
        let other_has_it = replica.durable_at(&token).next().is_some();
        if replica.state().len() == count && other_has_it {
            let _gone_already = stream.shutdown(Shutdown::Write);
            return Ok(replica.state().clone());
        }
        let deadline = replica.next_deadline().unwrap_or(u64::MAX);
        let wait = deadline.saturating_sub(now.monotonic_ms).min(60_000);
        match arrived.recv_timeout(Duration::from_millis(wait)) {
            // What is refused is as if lost: it is said again.
            Ok(message) => drop(replica.receive(OTHER, &message, Reading::system())),
            Err(RecvTimeoutError::Timeout) => {}
            // The other has heard all that it waited for.
            Err(RecvTimeoutError::Disconnected) => return Ok(replica.state().clone()),
        }
    }
}

fn main() -> Outcome<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let us = thread::spawn(move || shop("pear", 2, TcpStream::connect(address)?));
    let eu = shop("apple", 2, listener.accept()?.0)?;
    let us = us.join().map_err(|_| "the other end panicked")??;
    assert!(eu == us && eu.contains("apple") && eu.contains("pear"));
    println!("both hold {eu:?}");
    Ok(())
}

#[test]
fn both_hold_both_items() {
    main().expect("runs");
}
