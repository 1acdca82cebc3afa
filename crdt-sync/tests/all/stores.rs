//! Stores that were damaged, or cut short by a crash: found when they are opened.

use crdt_core::Reading;
use crdt_sets::OrSet;
use crdt_sync::{Config, OpenError, Opening, Replica, StoredError};

use crate::support::{Fleet, START_MS, Store};

type Set = OrSet<u64>;

/// A store with records of every kind but one, and what it holds.
fn store() -> (Store, Set) {
    let mut fleet = Fleet::<Set>::new(2, &Config::default());
    fleet.connect(0, 1);
    for number in 0..2 {
        let now = fleet.now();
        let write = |set: &mut Set, me, _| set.add(me, number as u64);
        fleet.replicas[number].write_stamped(now, write).expect("open");
    }
    fleet.run(1_000);
    fleet.replicas[0].close();
    fleet.persist(0);
    (fleet.stores[0].clone(), fleet.replicas[0].state().clone())
}

fn open(store: &Store) -> Result<Replica<Set>, OpenError> {
    let opening = Opening::new(7, Reading::wall(START_MS + 10_000));
    let records = store.records.iter().map(Vec::as_slice);
    Replica::open(store.snapshot.as_deref(), records, &opening, Config::default())
}

#[test]
fn a_flipped_bit_in_a_record_is_refused_by_its_place() {
    let (store, held) = store();
    assert!(store.records.len() >= 5, "{}", store.records.len());
    for (place, record) in store.records.iter().enumerate() {
        for bit in 0..8 * record.len() {
            let mut damaged = store.clone();
            damaged.records[place][bit / 8] ^= 1 << (bit % 8);
            let error = open(&damaged).expect_err("it is damaged");
            assert_eq!(error, OpenError::Record { place, error: StoredError::Damaged }, "{bit}");
        }
    }
    assert!(*open(&store).expect("undamaged").state() == held);
}

#[test]
fn a_flipped_bit_in_a_snapshot_is_refused() {
    let (store, held) = store();
    let snapshot = open(&store).expect("undamaged").snapshot().bytes;
    for bit in 0..8 * snapshot.len() {
        let mut damaged = snapshot.clone();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let store = Store { snapshot: Some(damaged), records: Vec::new() };
        let error = open(&store).expect_err("it is damaged");
        assert_eq!(error, OpenError::Snapshot(StoredError::Damaged), "bit {bit}");
    }
    let store = Store { snapshot: Some(snapshot), records: Vec::new() };
    assert!(*open(&store).expect("undamaged").state() == held);
}

#[test]
fn a_record_and_a_snapshot_are_not_taken_for_each_other() {
    let (store, _) = store();
    let snapshot = open(&store).expect("undamaged").snapshot().bytes;
    let (first, records) = (store.records[0].clone(), vec![snapshot]);
    let as_snapshot = open(&Store { snapshot: Some(first), records: Vec::new() });
    let as_record = open(&Store { snapshot: None, records });
    let (of_snapshot, of_record) =
        (as_snapshot.expect_err("a record"), as_record.expect_err("one"));
    assert_eq!(of_snapshot.to_string(), "the snapshot cannot be read: it is a record");
    assert_eq!(of_record.to_string(), "the record at place 0 cannot be read: it is a snapshot");
}

/// A crash can cut the log short anywhere. What is left out then was told to nobody.
#[test]
fn a_log_that_a_crash_cut_short_opens_without_its_last_record() {
    let (store, held) = store();
    for (place, record) in store.records.iter().enumerate() {
        let before = Store { snapshot: None, records: store.records[..place].to_vec() };
        for length in 0..record.len() {
            let mut cut = before.clone();
            cut.records.push(record[..length].to_vec());
            let error = open(&cut).expect_err("it is cut short");
            assert_eq!(error, OpenError::Record { place, error: StoredError::Damaged });
        }
        let opened = open(&before).expect("what is left is in order");
        // The last record says no more than that the end was a good one.
        assert!(*opened.state() == held || place + 1 < store.records.len());
    }
}

/// What the second of two processes had written was lost without a word, although it was reported as
/// durable.
#[test]
fn records_of_two_openings_at_a_time_are_refused_by_their_place() {
    let (store, _) = store();
    let opened = |seed| {
        let opening = Opening::new(seed, Reading::wall(START_MS + 10_000));
        let records = store.records.iter().map(Vec::as_slice);
        Replica::<Set>::open(None, records, &opening, Config::default()).expect("undamaged")
    };
    let written = |mut replica: Replica<Set>, element| {
        let now = Reading::wall(START_MS + 10_000);
        replica.write(now, |set, me| set.add(me, element)).expect("open");
        core::iter::from_fn(move || replica.next_record()).map(|record| record.bytes)
    };
    let (first, second) = (opened(8), opened(9));
    let (first, second): (Vec<_>, Vec<_>) =
        (written(first, 100).collect(), written(second, 200).collect());
    let before = store.records.len();
    let with = |records: Vec<Vec<u8>>| {
        let records = store.records.iter().cloned().chain(records).collect();
        open(&Store { snapshot: None, records })
    };
    // One after the other, and in turns: their openings come first.
    let in_turns = vec![first[0].clone(), second[0].clone(), first[1].clone(), second[1].clone()];
    let one_after_the_other = [first.clone(), second].concat();
    for (records, place) in [(in_turns, before + 1), (one_after_the_other, before + first.len())] {
        let error = with(records).expect_err("they are two");
        assert_eq!(error, OpenError::Foreign { place });
    }
    let alone = with(first).expect("one alone");
    assert!(alone.state().contains(&100));
}

#[test]
fn records_of_another_store_are_refused_by_their_place() {
    let (store, _) = store();
    let now = Reading::wall(START_MS + 10_000);
    let mut other = Replica::<Set>::new(&Opening::new(8, now), Config::default());
    other.write(now, |set, me| set.add(me, 300)).expect("open");
    let records: Vec<_> =
        core::iter::from_fn(|| other.next_record()).map(|record| record.bytes).collect();
    let snapshot = open(&store).expect("undamaged").snapshot().bytes;
    let mixed = Store { snapshot: Some(snapshot), records };
    assert_eq!(open(&mixed).expect_err("they are two"), OpenError::Foreign { place: 0 });
}

#[test]
fn a_snapshot_may_lie_beside_the_records_that_it_stands_for() {
    let (store, held) = store();
    let mut again = open(&store).expect("undamaged");
    let all: Vec<_> =
        core::iter::from_fn(|| again.next_record()).map(|record| record.bytes).collect();
    let records = [store.records, all].concat();
    let both = Store { snapshot: Some(again.snapshot().bytes), records };
    assert!(*open(&both).expect("in order").state() == held);
}

/// What a snapshot has forgotten was taken for foreign once the clock was right again.
#[test]
fn a_snapshot_may_have_forgotten_openings_whose_records_lie_beside_it() {
    let (mut store, held) = store();
    let day_ms = 24 * 3_600_000;
    let open_at = |store: &Store, days: u32| {
        let now = Reading::wall(START_MS + u64::from(days) * day_ms);
        let opening = Opening::new(50 + u128::from(days), now);
        let records = store.records.iter().map(Vec::as_slice);
        Replica::<Set>::open(store.snapshot.as_deref(), records, &opening, Config::default())
    };
    for days in [1, 400] {
        let mut again = open_at(&store, days).expect("in order");
        store
            .records
            .extend(core::iter::from_fn(|| again.next_record()).map(|record| record.bytes));
        if days == 400 {
            store.snapshot = Some(again.snapshot().bytes);
        }
    }
    for days in [401, 2] {
        let again = open_at(&store, days).expect("in order");
        assert!(*again.state() == held);
    }
}
