//! Replicas that take in each other's snapshots.

use crdt_core::Reading;
use crdt_core::wire::Wire;
use crdt_sets::OrSet;
use crdt_sync::{Config, Event, Opening, ReceiveError, Replica};

use crate::support::{Fleet, START_MS};

type Set = OrSet<u64>;

fn add(fleet: &mut Fleet<Set>, number: usize, element: u64) {
    let now = fleet.now();
    fleet.replicas[number].write(now, |set, me| set.add(me, element)).expect("open");
    fleet.persist(number);
}

fn carry(fleet: &mut Fleet<Set>, from: usize, to: usize) {
    let snapshot = fleet.replicas[from].snapshot().bytes;
    let now = fleet.now();
    fleet.replicas[to].merge_snapshot(&snapshot, now).expect("of another");
    fleet.persist(to);
}

#[test]
fn replicas_that_are_opened_anew_at_every_visit_of_a_memory_stick_converge() {
    let mut fleet = Fleet::<Set>::new(3, &Config::default());
    let mut tokens = Vec::new();
    for round in 0..6 {
        for number in 0..3 {
            let store = fleet.stores[number].clone();
            fleet.reopen(number, &store);
            fleet.persist(number);
            add(&mut fleet, number, round * 10 + number as u64);
            if round == 3 {
                let now = fleet.now();
                let remove = |set: &mut Set, _| set.remove(&20);
                fleet.replicas[number].write(now, remove).expect("open");
                fleet.persist(number);
            }
            tokens.push(fleet.replicas[number].token());
            fleet.now_ms += 3_600_000;
        }
        for (from, to) in [(0, 1), (1, 2), (2, 0)] {
            carry(&mut fleet, from, to);
        }
    }
    carry(&mut fleet, 0, 1);
    carry(&mut fleet, 1, 2);
    assert!(fleet.are_equal());
    assert_eq!(fleet.replicas[0].state().len(), 17, "all of 18 but the one that was removed");
    for replica in &fleet.replicas {
        assert!(tokens.iter().all(|token| replica.covers(token)));
    }
}

#[test]
fn a_new_replica_that_began_from_a_snapshot_is_sent_only_what_was_written_since() {
    let mut fleet = Fleet::<Set>::new(2, &Config { log_bytes: 0, ..Config::default() });
    (0..2_000).for_each(|element| add(&mut fleet, 0, element));
    carry(&mut fleet, 0, 1);
    fleet.connect(0, 1);
    fleet.run(10_000);
    assert!(fleet.total() < 512, "{}", fleet.total());
    add(&mut fleet, 0, 5_000);
    fleet.run(10_000);
    assert!(fleet.are_equal());
    assert!(fleet.total() < 2_048, "{}", fleet.total());
}

#[test]
fn a_snapshot_that_cannot_be_is_refused_and_changes_nothing() {
    let now = Reading::wall(START_MS);
    let mut replica = Replica::<Set>::new(&Opening::new(1, now), Config::volatile());
    replica.write(now, |set, me| set.add(me, 1)).expect("open");
    let own = replica.snapshot();
    assert_eq!(replica.merge_snapshot(&own.bytes, now), Err(ReceiveError::Oneself));
    let mut cut = own.bytes.clone();
    cut.pop();
    assert!(matches!(replica.merge_snapshot(&cut, now), Err(ReceiveError::Malformed(_))));
    let nothing = replica.merge_snapshot(&Vec::<u8>::new().encode(), now);
    assert!(matches!(nothing, Err(ReceiveError::Malformed(_))));
    assert_eq!(replica.snapshot(), own);
    replica.close();
    assert_eq!(replica.merge_snapshot(&own.bytes, now), Err(ReceiveError::Closed));
}

#[test]
fn a_snapshot_of_what_the_store_has_lost_since_tells_of_that() {
    let mut fleet = Fleet::<Set>::new(2, &Config::default());
    add(&mut fleet, 0, 1);
    let backup = fleet.stores[0].clone();
    add(&mut fleet, 0, 2);
    let snapshot = fleet.replicas[0].snapshot().bytes;
    fleet.reopen(0, &backup);
    let now = fleet.now();
    fleet.replicas[0].merge_snapshot(&snapshot, now).expect("of an earlier opening");
    let mut events = std::iter::from_fn(|| fleet.replicas[0].next_event());
    assert!(events.any(|event| matches!(event, Event::Restored { .. })));
    assert!(fleet.replicas[0].state().contains(&2));
}
