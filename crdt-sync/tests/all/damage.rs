//! Messages that were damaged on their way: refused, or harmless.

use crdt_core::{Reading, Timestamp, Wire};
use crdt_registers::LwwRegister;
use crdt_sets::{GSet, OrSet};
use crdt_sync::{Config, Event, Lattice, Message, Opening, Peer, ReceiveError, Replica};

use crate::support::{Fleet, START_MS, said};

/// What anybody can see of a replica, as bytes.
fn seen<S: Lattice>(replica: &Replica<S>) -> Vec<u8> {
    replica.snapshot().bytes
}

/// Takes all messages out that there are, both ways by turns, and after each lets `meddle` at the
/// receiver with it before the message itself arrives.
fn run<S: Lattice + PartialEq>(
    fleet: &mut Fleet<S>,
    rounds: u64,
    mut meddle: impl FnMut(&mut Replica<S>, Peer, &[u8], Reading),
) -> usize {
    let mut messages = 0;
    for round in 0..rounds {
        fleet.now_ms += 500 * round.min(1);
        loop {
            let now = fleet.now();
            let mut under_way = Vec::new();
            for from in 0..2 {
                fleet.persist(from);
                let replica = &mut fleet.replicas[from];
                under_way
                    .extend(std::iter::from_fn(|| replica.next_message(now)).map(|m| (from, m)));
            }
            if under_way.is_empty() {
                break;
            }
            for (from, Message { bytes, .. }) in under_way {
                messages += 1;
                let receiver = &mut fleet.replicas[1 - from];
                meddle(receiver, Peer(from as u64), &bytes, now);
                receiver.receive(Peer(from as u64), &bytes, now).expect("in order");
            }
        }
    }
    messages
}

/// Whether bytes that are not those of a message are refused and change nothing.
fn is_harmless<S: Lattice>(replica: &mut Replica<S>, from: Peer, bytes: &[u8], now: Reading) {
    let before = seen(replica);
    while replica.next_event().is_some() {}
    let received = replica.receive(from, bytes, now);
    let is_too_early = replica.replica_of(from).is_none() && received.is_ok();
    let is_refused = matches!(received, Err(ReceiveError::Damaged | ReceiveError::TooLong { .. }));
    assert!(is_refused || is_too_early, "{received:?}");
    assert!(before == seen(replica));
    while let Some(event) = replica.next_event() {
        assert!(!matches!(event, Event::Changed { .. } | Event::Connected { .. }));
    }
}

fn pair<S: Lattice + PartialEq>(config: &Config) -> Fleet<S> {
    let mut fleet = Fleet::new(2, config);
    fleet.connect(0, 1);
    fleet
}

/// Every bit of every message, every byte that may be missing, and some too many.
fn meddle<S: Lattice>(replica: &mut Replica<S>, from: Peer, bytes: &[u8], now: Reading) {
    for bit in 0..8 * bytes.len() {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        is_harmless(replica, from, &flipped, now);
    }
    for length in 0..bytes.len() {
        is_harmless(replica, from, &bytes[..length], now);
    }
    for surplus in [&[0][..], &[1, 2, 3], bytes] {
        is_harmless(replica, from, &[bytes, surplus].concat(), now);
    }
}

#[test]
fn a_flipped_bit_or_a_missing_byte_is_found_in_every_message() {
    let mut fleet = pair::<OrSet<u64>>(&Config::default());
    let mut messages = run(&mut fleet, 2, meddle);
    for element in 0..3 {
        for number in 0..2 {
            let now = fleet.now();
            fleet.replicas[number].write(now, |set, me| set.add(me, element)).expect("open");
        }
        let now = fleet.now();
        fleet.replicas[0].write(now, |set, _| set.remove(&0)).expect("open");
        messages += run(&mut fleet, 4, meddle);
    }
    assert!(fleet.are_equal());
    assert!(messages > 10, "{messages}");
}

#[test]
fn comparisons_and_transfers_are_no_less_safe() {
    let mut fleet =
        pair::<GSet<u64>>(&Config { log_bytes: 0, max_message: 1_024, ..Config::default() });
    let now = fleet.now();
    fleet.replicas[0].write(now, |set, _| set.add_all(0..300)).expect("open");
    let mut messages = run(&mut fleet, 4, |_, _, _, _| ());
    fleet.disconnect(0, 1);
    for (side, replica) in (1..).zip(&mut fleet.replicas) {
        replica.write(now, |set, _| set.add_all(side * 1_000..side * 1_000 + 40)).expect("open");
    }
    fleet.connect(0, 1);
    messages += run(&mut fleet, 8, meddle);
    assert!(fleet.are_equal());
    assert!(messages > 20, "{messages}");
}

/// What both ends read whose replicas do not belong together.
#[test]
fn a_message_with_a_state_of_another_type_is_refused_by_a_sentence_that_asks_for_it() {
    let (now, peer) = (Reading::wall(START_MS), Peer(0));
    let mut set = Replica::<GSet<u64>>::new(&Opening::new(1, now), Config::volatile());
    let mut text = Replica::<GSet<String>>::new(&Opening::new(2, now), Config::volatile());
    set.connect(peer, now);
    text.connect(peer, now);
    let (of_set, of_text) = (said(&mut set, now), said(&mut text, now));
    for message in of_text {
        set.receive(peer, &message.bytes, now).expect("a greeting");
    }
    for message in of_set {
        text.receive(peer, &message.bytes, now).expect("a greeting");
    }
    set.write(now, |set, _| set.add(u64::MAX)).expect("open");
    let told = said(&mut set, now);
    let last = told.last().expect("the change");
    let refused = text.receive(peer, &last.bytes, now).expect_err("no strings").to_string();
    assert!(refused.starts_with("the message is undamaged, but cannot be read: "), "{refused}");
    assert!(refused.ends_with("do both ends keep the same type of state?"), "{refused}");
}

/// A damaged message after which nothing more comes is sent again, and arrives.
#[test]
fn what_was_refused_comes_again() {
    let mut fleet = pair::<(GSet<u64>, LwwRegister<u64>)>(&Config::default());
    fleet.run(1_000);
    let now = fleet.now();
    let write = |state: &mut (GSet<u64>, LwwRegister<u64>), me, stamp: Timestamp| {
        (state.0.add(7), state.1.set(me, stamp, 7).expect("a stamp"))
    };
    fleet.replicas[0].write_stamped(now, write).expect("open");
    fleet.persist(0);
    let mut message = fleet.replicas[0].next_message(now).expect("the change");
    let last = message.bytes.len() - 1;
    message.bytes[last] ^= 1;
    let damaged = fleet.replicas[1].receive(Peer(0), &message.bytes, now);
    assert_eq!(damaged, Err(ReceiveError::Damaged));
    assert!(fleet.replicas[1].state().0.encode().len() < 4, "nothing of it is there");
    fleet.run(10_000);
    assert!(fleet.are_equal() && fleet.replicas[1].state().0.contains(&7));
    let told = |(number, event): &(usize, Event<_>)| {
        *number == 0 && matches!(event, Event::RefusedByPeer { .. })
    };
    assert!(fleet.events.iter().any(told), "both ends know");
}
