//! Replicas that take in each other's snapshots.

use crdt_core::Reading;
use crdt_core::wire::{Budget, Wire};
use crdt_counters::GCounter;
use crdt_sets::OrSet;
use crdt_sync::{Config, Event, Opening, Replica, SnapshotError, StoredError};

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
    assert_eq!(replica.merge_snapshot(&own.bytes, now), Err(SnapshotError::Oneself));
    let damaged = Err(SnapshotError::Unreadable(StoredError::Damaged));
    assert_eq!(replica.merge_snapshot(&[], now), damaged);
    assert_eq!(replica.merge_snapshot(&Set::default().encode(), now), damaged, "a state alone");
    assert_eq!(replica.snapshot(), own);
    replica.close();
    assert_eq!(replica.merge_snapshot(&own.bytes, now), Err(SnapshotError::Closed));
}

#[test]
fn a_flipped_bit_or_a_missing_byte_in_a_snapshot_is_refused_and_changes_nothing() {
    let now = Reading::wall(START_MS);
    let mut other = Replica::<Set>::new(&Opening::new(1, now), Config::volatile());
    for element in 0..5 {
        other.write(now, |set, me| set.add(me, element)).expect("open");
    }
    let bytes = other.snapshot().bytes;
    let mut replica = Replica::<Set>::new(&Opening::new(2, now), Config::volatile());
    replica.write(now, |set, me| set.add(me, 9)).expect("open");
    let before = replica.snapshot();
    let mut refuses = |bytes: &[u8], what: &str| {
        let damaged = Err(SnapshotError::Unreadable(StoredError::Damaged));
        assert_eq!(replica.merge_snapshot(bytes, now), damaged, "{what}");
        assert_eq!(replica.next_event(), None, "{what}");
        assert_eq!(replica.snapshot(), before, "{what}");
    };
    for bit in 0..8 * bytes.len() {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        refuses(&flipped, &format!("bit {bit}"));
    }
    for length in 0..bytes.len() {
        refuses(&bytes[..length], &format!("{length} bytes"));
    }
    refuses(&[&bytes[..], &bytes].concat(), "twice");
    replica.merge_snapshot(&bytes, now).expect("undamaged");
    assert_eq!(replica.state().len(), 6);
}

/// What a user reads who has taken the wrong file.
#[test]
fn a_snapshot_that_is_something_else_is_refused_by_a_sentence_that_says_what() {
    let now = Reading::wall(START_MS);
    let mut fleet = Fleet::<Set>::new(2, &Config::default());
    add(&mut fleet, 0, 1);
    fleet.connect(0, 1);
    let message = fleet.replicas[0].next_message(now).expect("a greeting").bytes;
    let record = fleet.stores[0].records[0].clone();
    let mut likes = Replica::<GCounter>::new(&Opening::new(5, now), Config::volatile());
    let by_one = |likes: &mut GCounter, me| likes.increment(me).expect("small");
    likes.write(now, by_one).expect("open");
    let tight = Config { budget: Budget::default().with_items(2), ..Config::volatile() };
    let mut tight = Replica::<Set>::new(&Opening::new(6, now), tight);
    let mut say = |bytes: &[u8]| {
        let error = fleet.replicas[1].merge_snapshot(bytes, now).expect_err("something else");
        error.to_string()
    };
    assert_eq!(say(&message), "the snapshot cannot be read: it is a message between replicas",);
    assert_eq!(say(&record), "the snapshot cannot be read: it is a record");
    let other = say(&likes.snapshot().bytes);
    let why = "the snapshot cannot be read: it is undamaged, but its state is of another type";
    assert!(other.starts_with(why), "{other}");
    (2..9).for_each(|element| add(&mut fleet, 0, element));
    let large = fleet.replicas[0].snapshot().bytes;
    let large = tight.merge_snapshot(&large, now).expect_err("beyond the budget").to_string();
    let why = "the snapshot cannot be read: it is undamaged, but beyond Config::budget";
    assert!(large.starts_with(why), "{large}");
}

#[test]
fn a_snapshot_that_includes_more_of_an_opening_than_it_has_made_is_refused() {
    let now = Reading::wall(START_MS);
    let open = |seed| Replica::<Set>::new(&Opening::new(seed, now), Config::volatile());
    // Two were opened with the same random bits, and a third has met one of them.
    let (mut one, mut other, mut third) = (open(1), open(1), open(3));
    other.write(now, |set, me| set.add(me, 1)).expect("open");
    third.merge_snapshot(&other.snapshot().bytes, now).expect("of another");
    let before = one.snapshot();
    let refused = one.merge_snapshot(&third.snapshot().bytes, now);
    assert_eq!(refused, Err(SnapshotError::NeverMade { claimed: 1, held: 0 }));
    assert_eq!(one.snapshot(), before);
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
