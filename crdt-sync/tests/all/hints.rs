//! What a peer is told so that it need not be sent a change again.

use crdt_core::Reading;
use crdt_sets::GSet;
use crdt_sync::{Config, Opening, Peer, Replica};

type Set = GSet<u64>;

const MOST: usize = 100;

fn persist(replica: &mut Replica<Set>) {
    while let Some(record) = replica.next_record() {
        replica.persisted(record.number);
    }
}

/// A change that was taken in and not durable yet made a replica repeat a hint about the one before,
/// without end: its host never came to make it durable.
#[test]
fn a_replica_falls_silent_while_a_change_waits_to_be_durable() {
    let now = Reading::wall(1_700_000_000_000);
    let new = |seed, config| Replica::<Set>::new(&Opening::new(seed, now), config);
    let mut middle = new(1, Config::default());
    let mut others = [new(2, Config::volatile()), new(3, Config::volatile())];
    for (peer, other) in (0..).map(Peer).zip(&mut others) {
        middle.connect(peer, now);
        other.connect(Peer(0), now);
    }
    let exchange = |middle: &mut Replica<Set>, others: &mut [Replica<Set>; 2]| {
        for _ in 0..MOST {
            for (peer, other) in (0..).map(Peer).zip(others.iter_mut()) {
                while let Some(message) = other.next_message(now) {
                    middle.receive(peer, &message.bytes, now).expect("is taken in");
                }
            }
            persist(middle);
            let Some(message) = middle.next_message(now) else { return };
            let to = usize::try_from(message.to.0).expect("one of two");
            others[to].receive(Peer(0), &message.bytes, now).expect("is taken in");
        }
        panic!("there is no end to it");
    };
    exchange(&mut middle, &mut others);
    others[0].write(now, |set, _| set.add(1)).expect("open");
    exchange(&mut middle, &mut others);

    others[0].write(now, |set, _| set.add(2)).expect("open");
    let message = others[0].next_message(now).expect("the change");
    middle.receive(Peer(0), &message.bytes, now).expect("is taken in");
    let said = (0..MOST).take_while(|_| middle.next_message(now).is_some()).count();
    assert!(said < MOST, "there is no end to it");
    exchange(&mut middle, &mut others);
}
