//! What is longer than a message.

use std::collections::BTreeMap;

use crdt_core::{Merge, Reading, ReplicaId};
use crdt_counters::GCounter;
use crdt_sets::{GSet, OrSet};
use crdt_sync::{Config, Event, Lattice, Peer, ReceiveError, Replica};

use crate::support::Fleet;

fn small_messages() -> Config {
    Config { max_message: 1_024, ..Config::volatile() }
}

#[test]
fn a_value_longer_than_a_message_arrives_in_parts() {
    let mut fleet = Fleet::<GSet<Vec<u8>>>::new(2, &small_messages());
    fleet.connect(0, 1);
    fleet.run(1_000);
    let now = fleet.now();
    let token = fleet.replicas[0].write(now, |set, _| set.add(vec![7; 100_000])).expect("open");
    fleet.run(10_000);
    assert!(fleet.are_equal());
    assert!(fleet.replicas[1].covers(&token));
}

#[test]
fn a_newcomer_is_sent_everything_in_parts() {
    let mut fleet = Fleet::<OrSet<u64>>::new(2, &small_messages());
    let now = fleet.now();
    fleet.replicas[0].write(now, |set, me| set.add_all(me, 0..10_000)).expect("open");
    fleet.replicas[0].write(now, |set, _| set.remove_all(&[1, 2, 3])).expect("open");
    fleet.connect(0, 1);
    fleet.run(10_000);
    assert!(fleet.are_equal());
}

/// Lets messages through from `from` to `to` until so many have been; both ways none are lost.
fn exchange<S: Lattice>(
    one: &mut Replica<S>,
    other: &mut Replica<S>,
    now: Reading,
    mut left: usize,
) -> usize {
    let mut bytes = 0;
    loop {
        let there: Vec<_> = std::iter::from_fn(|| one.next_message(now)).collect();
        let back: Vec<_> = std::iter::from_fn(|| other.next_message(now)).collect();
        if there.is_empty() && back.is_empty() || left == 0 {
            return bytes;
        }
        for message in there.into_iter().take(left) {
            bytes += message.bytes.len();
            left -= 1;
            other.receive(Peer(0), &message.bytes, now).expect("understood");
        }
        for message in back {
            one.receive(Peer(0), &message.bytes, now).expect("understood");
        }
    }
}

#[test]
fn a_transfer_goes_on_where_the_connection_broke() {
    let config = Config { log_bytes: 0, ..small_messages() };
    let mut fleet = Fleet::<GSet<Vec<u8>>>::new(2, &config);
    let now = fleet.now();
    fleet.replicas[0].write(now, |set, _| set.add(vec![7; 100_000])).expect("open");
    let [one, other] = &mut fleet.replicas[..] else { panic!("two") };
    let mut sent = 0;
    for attempt in 0..20u64 {
        let later = Reading::wall(now.wall_ms + 10_000 * attempt);
        one.connect(Peer(0), later);
        other.connect(Peer(0), later);
        // Each time the connection breaks after a few messages.
        sent += exchange(one, other, later, 12);
    }
    assert!(one.state() == other.state());
    assert!(sent < 2 * 100_000, "{sent}: it began anew each time");
}

#[test]
fn what_has_arrived_of_a_snapshot_is_kept_by_a_receiver_that_restarts() {
    let config = Config { log_bytes: 0, max_message: 1_024, ..Config::default() };
    let mut fleet = Fleet::<OrSet<u64>>::new(2, &config);
    let now = fleet.now();
    fleet.replicas[0].write(now, |set, me| set.add_all(me, 0..10_000)).expect("open");
    fleet.connect(0, 1);
    fleet.persist(0);
    let (first, rest) = fleet.replicas.split_at_mut(1);
    for _ in 0..6 {
        let there: Vec<_> = std::iter::from_fn(|| first[0].next_message(now)).collect();
        for message in there {
            rest[0].receive(Peer(0), &message.bytes, now).expect("understood");
        }
        while let Some(record) = rest[0].next_record() {
            fleet.stores[1].records.push(record.bytes);
            rest[0].persisted(record.number);
        }
        while let Some(message) = rest[0].next_message(now) {
            first[0].receive(Peer(1), &message.bytes, now).expect("understood");
        }
    }
    let had = fleet.replicas[1].state().len();
    assert!(had > 100 && had < 10_000, "{had}");
    let store = fleet.stores[1].clone();
    fleet.reopen(1, &store);
    assert_eq!(fleet.replicas[1].state().len(), had);
    fleet.connect(0, 1);
    fleet.forget_counts();
    fleet.run(60_000);
    assert!(fleet.are_equal());
    assert!(fleet.bytes[&(0, 1)] < 10 * (10_000 - had) + 4_096, "{:?} for {had}", fleet.bytes);
}

/// Little may be held of what arrives, and the log holds nothing.
fn short_transfers() -> Config {
    Config { max_transfer: 16 << 10, log_bytes: 0, max_message: 1_024, ..Config::default() }
}

fn is_brought<S: Lattice + PartialEq>(fill: impl Fn(&mut S, ReplicaId) -> S) {
    for log_bytes in [0, 1 << 20] {
        let mut fleet = Fleet::<S>::new(2, &Config { log_bytes, ..short_transfers() });
        let now = fleet.now();
        fleet.replicas[0].write(now, &fill).expect("open");
        assert!(fleet.replicas[0].snapshot().bytes.len() > 4 * (16 << 10));
        fleet.connect(0, 1);
        fleet.run(10_000);
        assert!(fleet.are_equal());
        assert!(fleet.total() < 2 * fleet.replicas[0].snapshot().bytes.len());
    }
}

#[test]
fn a_state_without_dots_that_was_longer_than_a_transfer_never_arrived() {
    let value = |number: u64| number.to_le_bytes().repeat(32);
    is_brought(|set: &mut GSet<Vec<u8>>, _| set.add_all((0..500).map(value)));
    is_brought(|counters: &mut BTreeMap<String, GCounter>, me| {
        let mut changed = BTreeMap::new();
        for number in 0..5_000 {
            let counter = counters.entry(format!("a counter {number}")).or_default();
            changed.insert(format!("a counter {number}"), counter.increment(me).expect("counts"));
        }
        changed
    });
    is_brought(|both: &mut (GSet<u64>, OrSet<Vec<u8>>), me| {
        let mut delta = (both.0.add_all(0..10_000), both.1.add_all(me, (0..500).map(value)));
        delta.1.merge(both.1.remove_all(&[value(1), value(2)]));
        delta
    });
    // Of what has dots, too, where a few values are much longer than the others.
    is_brought(|set: &mut OrSet<Vec<u8>>, me| {
        let long = (0..10).map(|number: u8| vec![number; 10_000]);
        set.add_all(me, (0..2_000).map(|number: u64| number.to_le_bytes().to_vec()).chain(long))
    });
}

#[test]
fn a_value_that_is_longer_than_a_transfer_is_told_of_at_both_ends() {
    let mut fleet = Fleet::<GSet<Vec<u8>>>::new(2, &short_transfers());
    let now = fleet.now();
    fleet.replicas[0].write(now, |set, _| set.add(vec![7; 50_000])).expect("open");
    fleet.connect(0, 1);
    fleet.run_through_losses(10_000, |_, _, _| true);
    let most = 16 << 10;
    let is_told = |number: usize, is_it: &dyn Fn(&Event<_>) -> bool| {
        fleet.events.iter().any(|(at, event)| *at == number && is_it(event))
    };
    assert!(is_told(0, &|event| matches!(event, Event::TooLong { length, most: here, .. }
        if *length > 50_000 && *here == most)));
    let mut refusals = fleet.events.iter().filter_map(|(at, event)| match event {
        Event::Refused { why: ReceiveError::ValueTooLong { length, most }, .. } if *at == 1 => {
            Some((*length, *most))
        }
        _ => None,
    });
    assert!(refusals.all(|(length, here)| length > 50_000 && here == most));
    assert!(is_told(0, &|event| matches!(event, Event::RefusedByPeer { why, .. }
        if why.contains("max_transfer"))));
    assert!(fleet.replicas[1].state().is_empty());
    // What can be done: raise it at both ends.
    fleet.config.max_transfer = 1 << 20;
    for number in 0..2 {
        fleet.persist(number);
        let store = fleet.stores[number].clone();
        fleet.reopen(number, &store);
    }
    fleet.connect(0, 1);
    fleet.forget_counts();
    fleet.run(60_000);
    assert!(fleet.are_equal());
    assert!(!fleet.events.iter().any(|(_, event)| matches!(event, Event::TooLong { .. })));
}
