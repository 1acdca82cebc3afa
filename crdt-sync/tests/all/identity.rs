//! Ids and openings: restarts, restored backups, copied stores.

use std::collections::BTreeMap;

use crdt_core::ReplicaId;
use crdt_counters::GCounter;
use crdt_sync::{Config, Event, Lattice, OpenError, Opening, Replica, WriteError};

use crate::support::{Fleet, Set, Store, add, elements};

fn pair() -> Fleet<Set> {
    let mut fleet = Fleet::new(2, &Config::default());
    fleet.connect(0, 1);
    fleet.run(1_000);
    fleet
}

/// Ends a replica in good order; returns what its store holds then.
fn close<S: Lattice>(fleet: &mut Fleet<S>, number: usize) -> Store {
    fleet.persist(number);
    fleet.replicas[number].close();
    fleet.persist(number);
    fleet.stores[number].clone()
}

fn renewed<S>(fleet: &Fleet<S>) -> Vec<(usize, ReplicaId)> {
    let renewals = fleet.events.iter().filter_map(|(number, event)| match event {
        Event::Renewed { from, .. } => Some((*number, *from)),
        _ => None,
    });
    renewals.collect()
}

#[test]
fn what_was_persisted_is_there_again() {
    let mut fleet = pair();
    add(&mut fleet, 0, 1);
    fleet.run(1_000);
    add(&mut fleet, 1, 2);
    fleet.run(1_000);
    let (store, state) = (fleet.stores[0].clone(), fleet.replicas[0].state().clone());
    fleet.reopen(0, &store);
    assert_eq!(*fleet.replicas[0].state(), state);

    let snapshot = fleet.replicas[0].snapshot();
    let store = Store { snapshot: Some(snapshot.bytes), records: Vec::new() };
    fleet.reopen(0, &store);
    assert_eq!(*fleet.replicas[0].state(), state);
}

#[test]
fn records_that_a_snapshot_stands_for_may_still_be_there() {
    let mut fleet = pair();
    for element in 0..5 {
        add(&mut fleet, 0, element);
        fleet.run(1_000);
        let records = fleet.stores[0].records.clone();
        let state = fleet.replicas[0].state().clone();
        let snapshot = Some(fleet.replicas[0].snapshot().bytes);
        let (position, id) = (fleet.replicas[0].position(), fleet.replicas[0].id());
        fleet.reopen(0, &Store { snapshot, records });
        assert_eq!(*fleet.replicas[0].state(), state);
        assert_eq!(fleet.replicas[0].position(), position);
        assert_ne!(fleet.replicas[0].id(), id, "it was not closed");
        fleet.connect(0, 1);
        fleet.run(1_000);
        assert!(fleet.are_equal());
    }
}

#[test]
fn a_replica_that_was_not_closed_goes_on_under_a_new_id() {
    let mut fleet = pair();
    add(&mut fleet, 0, 1);
    fleet.run(1_000);
    let (store, id) = (fleet.stores[0].clone(), fleet.replicas[0].id());
    fleet.reopen(0, &store);
    assert_ne!(fleet.replicas[0].id(), id);
}

#[test]
fn the_mark_of_a_clean_end_is_consumed_at_opening() {
    let mut fleet = pair();
    add(&mut fleet, 0, 1);
    let store = close(&mut fleet, 0);
    let id = fleet.replicas[0].id();
    fleet.reopen(0, &store);
    assert_eq!(fleet.replicas[0].id(), id);
    fleet.persist(0);
    let store = fleet.stores[0].clone();
    fleet.reopen(0, &store);
    assert_ne!(fleet.replicas[0].id(), id);
}

#[test]
fn after_its_end_nothing_is_written_or_received() {
    let mut fleet = pair();
    close(&mut fleet, 0);
    let now = fleet.now();
    let refused = fleet.replicas[0].write(now, |set, me| set.add(me, 1));
    assert_eq!(refused, Err(WriteError::Closed));
    assert!(fleet.replicas[0].next_message(now).is_none());
    assert!(fleet.replicas[0].receive(Fleet::<Set>::peer(1), b"", now).is_err());
}

#[test]
fn a_restored_backup_gets_back_what_peers_hold_and_says_what_may_be_lost() {
    let mut fleet = pair();
    add(&mut fleet, 0, 1);
    fleet.run(1_000);
    let backup = close(&mut fleet, 0);
    fleet.reopen(0, &backup);
    let id = fleet.replicas[0].id();
    fleet.connect(0, 1);
    add(&mut fleet, 0, 2);
    fleet.run(1_000);

    fleet.reopen(0, &backup);
    assert_eq!(fleet.replicas[0].id(), id, "it cannot know yet");
    fleet.events.clear();
    // Both 2 and 3 have been the second write of this id.
    add(&mut fleet, 0, 3);
    fleet.persist(0);
    fleet.connect(0, 1);
    fleet.run(60_000);
    assert_eq!(elements(&fleet, 0), [1, 2, 3]);
    assert!(fleet.are_equal());
    assert_eq!(renewed(&fleet), [(0, id)]);
    let is_told = |(_, event): &(usize, Event<Set>)| matches!(event, Event::Forked { .. });
    assert!(fleet.events.iter().any(is_told));
}

#[test]
fn two_copies_of_a_store_that_wrote_equally_much_lose_nothing() {
    let mut fleet = Fleet::<Set>::new(3, &Config::default());
    fleet.connect(0, 2);
    add(&mut fleet, 0, 1);
    fleet.run(1_000);
    let store = close(&mut fleet, 0);
    // Both write under one id, as many dots, before either speaks to anyone.
    fleet.reopen(0, &store);
    fleet.reopen(1, &store);
    add(&mut fleet, 0, 10);
    add(&mut fleet, 1, 11);
    assert_eq!(fleet.replicas[0].id(), fleet.replicas[1].id());
    fleet.persist(0);
    fleet.persist(1);
    fleet.connect(0, 2);
    fleet.run(1_000);
    fleet.connect(1, 2);
    fleet.run(60_000);
    for number in 0..3 {
        assert_eq!(elements(&fleet, number), [1, 10, 11], "at {number}");
    }
    assert!(fleet.are_equal());
    assert_ne!(fleet.replicas[0].id(), fleet.replicas[1].id());
    assert_eq!(renewed(&fleet).len(), 2, "each of the two");
}

#[test]
fn of_two_copies_that_different_peers_acknowledged_each_says_what_may_be_lost() {
    let mut fleet = Fleet::<Set>::new(4, &Config::default());
    fleet.has_copies = true;
    add(&mut fleet, 0, 1);
    let store = close(&mut fleet, 0);
    fleet.reopen(0, &store);
    fleet.reopen(1, &store);
    fleet.connect(0, 2);
    fleet.connect(1, 3);
    add(&mut fleet, 0, 10);
    add(&mut fleet, 1, 11);
    fleet.run(10_000);
    fleet.events.clear();
    fleet.connect(2, 3);
    fleet.run(60_000);
    assert!(fleet.are_equal());
    let at_risk = |copy: usize| {
        let mut told = fleet.events.iter().filter_map(|(number, event)| match event {
            Event::Renewed { at_risk, .. } if *number == copy => Some(at_risk),
            _ => None,
        });
        told.next().expect("renewed").iter().copied().collect::<Vec<u64>>()
    };
    assert_eq!((at_risk(0), at_risk(1)), (vec![10], vec![11]));
    // The two are one write with two contents.
    let left = elements(&fleet, 0);
    assert!(left == [1, 10] || left == [1, 11], "{left:?}");
}

#[test]
fn two_copies_of_a_counter_count_each_increment_once() {
    type Counters = BTreeMap<String, GCounter>;
    let increment = |fleet: &mut Fleet<Counters>, number: usize, by: u64| {
        let now = fleet.now();
        let write = |counters: &mut Counters, me| {
            let counter = counters.entry("visits".into()).or_default();
            let delta = counter.increment_by(me, by).expect("no overflow");
            Counters::from([("visits".into(), delta)])
        };
        fleet.replicas[number].write(now, write).expect("open");
    };
    let mut fleet = Fleet::<Counters>::new(3, &Config::default());
    fleet.connect(0, 2);
    increment(&mut fleet, 0, 100);
    fleet.run(1_000);
    let store = close(&mut fleet, 0);
    fleet.reopen(0, &store);
    fleet.reopen(1, &store);
    increment(&mut fleet, 0, 10);
    increment(&mut fleet, 1, 10);
    fleet.persist(0);
    fleet.persist(1);
    fleet.connect(0, 2);
    fleet.run(1_000);
    fleet.connect(1, 2);
    fleet.run(60_000);
    assert!(fleet.are_equal());
    assert_eq!(fleet.replicas[2].state()["visits"].value(), 120);
}

fn store_of_three_writes() -> Store {
    let mut fleet = pair();
    for element in 0..3 {
        add(&mut fleet, 0, element);
    }
    fleet.persist(0);
    fleet.stores[0].clone()
}

#[test]
fn a_store_that_cannot_be_read_is_refused_by_name() {
    let mut fleet = pair();
    add(&mut fleet, 0, 1);
    fleet.persist(0);
    let store = fleet.stores[0].clone();
    let open = |store: &Store| {
        let records = store.records.iter().map(Vec::as_slice);
        let opening = Opening::new(99, fleet.now());
        Replica::<Set>::open(store.snapshot.as_deref(), records, &opening, Config::default()).err()
    };
    let mut cut = store.clone();
    let last = cut.records.last_mut().expect("some");
    last.pop();
    let place = store.records.len() - 1;
    assert!(matches!(open(&cut), Some(OpenError::Record { place: at, .. }) if at == place));
    let headless = Store { snapshot: None, records: store.records[1..].to_vec() };
    assert_eq!(open(&headless), Some(OpenError::Incomplete { place: 0 }));
    let mut gap = store_of_three_writes();
    let missing = gap.records.len() - 2;
    gap.records.remove(missing);
    assert_eq!(open(&gap), Some(OpenError::Incomplete { place: missing }));
    let snapshot = Store { snapshot: Some(vec![9]), records: Vec::new() };
    assert!(matches!(open(&snapshot), Some(OpenError::Snapshot(_))));
}
