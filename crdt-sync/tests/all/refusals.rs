//! A value that a peer does not take in, not even into quarantine, and what is written behind it.

use crdt_core::{Limits, Reading, Timestamp};
use crdt_document::{Author, Document, Transaction, WriteError};
use crdt_registers::LwwRegister;
use crdt_sets::GSet;
use crdt_sync::{Config, Event, Opening, Replica};

use crate::support::{Fleet, said};

/// A set, which bears no timestamps, and a register, which does.
type Pair = (GSet<u64>, LwwRegister<u8>);

const HOUR: u64 = 3_600_000;

fn pair() -> Fleet<Pair> {
    let mut fleet = Fleet::new(2, &Config::default());
    fleet.connect(0, 1);
    fleet.run(1_000);
    fleet
}

fn set(fleet: &mut Fleet<Pair>, number: usize, ahead_ms: u64) {
    let now = fleet.now();
    let ahead = Timestamp::from_millis(now.wall_ms + ahead_ms).expect("in range");
    let write = |(_, register): &mut Pair, me| {
        (GSet::default(), register.set(me, ahead, 1).expect("a stamp"))
    };
    fleet.replicas[number].write(now, write).expect("open");
}

fn add(fleet: &mut Fleet<Pair>, number: usize, elements: core::ops::Range<u64>) {
    for element in elements {
        let now = fleet.now();
        let write = |(set, _): &mut Pair, _| (set.add(element), LwwRegister::default());
        fleet.replicas[number].write(now, write).expect("open");
    }
    fleet.persist(number);
}

/// Each attempt to have the value taken in after all sent along whatever had been written since.
#[test]
fn a_refused_value_had_the_whole_log_behind_it_sent_again() {
    let mut fleet = pair();
    set(&mut fleet, 0, 100 * HOUR);
    fleet.run(10_000);
    for round in 0..20 {
        add(&mut fleet, 0, round * 1_000..(round + 1) * 1_000);
        fleet.run(100);
    }
    fleet.run(300_000);
    assert_eq!(fleet.replicas[1].state().0.len(), 20_000);
    fleet.forget_counts();
    fleet.run(HOUR);
    // Once a minute the value, and that it is refused.
    assert!(fleet.total() < 60 * 500, "{} bytes in an hour", fleet.total());
    assert!(fleet.replicas[0].log_bytes() > 0);

    fleet.run(100 * HOUR);
    assert!(fleet.are_equal());
    assert_eq!(fleet.replicas[0].log_bytes(), 0);
}

/// How long it takes until all is acknowledged that one in `kept` messages of was not lost, how many
/// messages from the first that is sent again, and how many bytes.
fn caught_up(max_message: usize, kept: u64) -> (u64, usize, usize) {
    let config = Config { max_message, ..Config::default() };
    let mut fleet = Fleet::<Pair>::new(2, &config);
    fleet.connect(0, 1);
    fleet.run(1_000);
    for round in 0..2_000 {
        add(&mut fleet, 0, round..round + 1);
        let now = fleet.now();
        while let Some(message) = fleet.replicas[0].next_message(now) {
            if kept > 0 && round % kept == 0 {
                fleet.replicas[1]
                    .receive(Fleet::<Pair>::peer(0), &message.bytes, now)
                    .expect("in order");
            }
        }
        fleet.persist(1);
        while fleet.replicas[1].next_message(now).is_some() {}
    }
    fleet.forget_counts();
    let lost_ms = fleet.now_ms;
    while fleet.replicas[0].log_bytes() > 0 {
        fleet.run(50);
        assert!(fleet.now_ms < lost_ms + 120_000, "{} bytes left", fleet.replicas[0].log_bytes());
    }
    assert!(fleet.are_equal());
    (fleet.now_ms - lost_ms, fleet.messages[&(0, 1)], fleet.bytes[&(0, 1)])
}

#[test]
fn what_was_lost_is_sent_again_after_one_pause_and_not_one_for_each_message() {
    for (max_message, kept) in [(1 << 20, 0), (1 << 20, 2), (1 << 20, 7), (1_024, 0), (1_024, 2)] {
        let (ms, messages, bytes) = caught_up(max_message, kept);
        let whole = 2_000 * 9;
        assert!(ms < 1_200, "{ms} ms, of messages of {max_message} one in {kept} kept");
        assert!(messages < 10 + 2 * whole / max_message.min(whole), "{messages} messages");
        assert!(bytes < 2 * whole, "{bytes} bytes");
    }
}

fn transact(
    fleet: &mut Fleet<Document>,
    number: usize,
    ahead_ms: u64,
    change: impl FnOnce(&mut Transaction<'_>) -> Result<(), WriteError>,
) {
    let now = fleet.now();
    let ahead = Timestamp::from_millis(now.wall_ms + ahead_ms).expect("in range");
    let write = |document: &mut Document, me| {
        document.transact(Author::new(me, ahead), change).expect("a register")
    };
    fleet.replicas[number].write(now, write).expect("open");
    fleet.persist(number);
}

/// What was written behind a value that waits, or is refused, and was removed since, counted as
/// included only when the hour of that had come.
#[test]
fn a_value_that_was_removed_since_was_waited_for() {
    for ahead_ms in [HOUR, 100 * HOUR] {
        let config = Config { max_message: 1_024, ..Config::default() };
        let mut fleet = Fleet::<Document>::new(3, &config);
        fleet.connect(0, 1);
        fleet.connect(1, 2);
        fleet.run(10_000);
        // So long that neither goes in one message with what comes after.
        transact(&mut fleet, 0, ahead_ms, |tx| tx.register("far").set("v".repeat(800)));
        fleet.run(2_000);
        transact(&mut fleet, 0, 0, |tx| tx.register("other").set("w".repeat(800)));
        transact(&mut fleet, 0, 0, |tx| tx.remove("far"));
        let token = fleet.replicas[0].token();
        fleet.run(61_000);
        assert_eq!(fleet.replicas[1].quarantined(), (0, 0));
        assert!((1..3).all(|number| fleet.replicas[number].covers(&token)), "{ahead_ms}");
        assert!(fleet.are_equal());
        assert_eq!(fleet.replicas[0].log_bytes(), 0);
        fleet.forget_counts();
        fleet.run(HOUR);
        assert_eq!(fleet.total(), 0, "{:?}", fleet.messages);
    }
}

/// Of two values that waited with one change, one was removed; what that had replaced stayed visible
/// until the hour of the other.
#[test]
fn what_a_removed_value_had_replaced_was_visible_until_the_hour_of_another() {
    let mut fleet = Fleet::<Document>::new(2, &Config::default());
    fleet.connect(0, 1);
    transact(&mut fleet, 0, 0, |tx| tx.register("one").set("old"));
    fleet.run(10_000);
    transact(&mut fleet, 0, HOUR, |tx| {
        tx.register("one").set("new")?;
        tx.register("two").set("new")
    });
    fleet.run(10_000);
    let before = fleet.replicas[1].quarantined();
    assert_eq!(before.0, 1);
    assert!(fleet.replicas[1].state().contains("one"));
    transact(&mut fleet, 0, 0, |tx| tx.remove("one"));
    fleet.run(10_000);
    let after = fleet.replicas[1].quarantined();
    assert!(after.0 == 1 && after.1 < before.1, "{after:?} of {before:?}");
    assert!(!fleet.replicas[1].state().contains("one"));
    assert!(!fleet.replicas[1].state().contains("two"), "that waits");
    fleet.run(2 * HOUR);
    assert!(fleet.are_equal() && fleet.replicas[1].state().contains("two"));
}

/// The clock no longer heard of what came in time with a value too far ahead that was dead already.
#[test]
fn a_dead_value_kept_the_clock_from_hearing_of_others() {
    let mut fleet = Fleet::<Document>::new(2, &Config::default());
    transact(&mut fleet, 0, 100 * HOUR, |tx| tx.register("far").set("v"));
    let far = fleet.replicas[0].snapshot().bytes;
    transact(&mut fleet, 0, 0, |tx| tx.remove("far"));
    let now = fleet.now();
    let removed = fleet.replicas[0].snapshot().bytes;
    fleet.replicas[1].merge_snapshot(&removed, now).expect("in order");
    // A third replica has the value still, and one that is no more ahead than it may be.
    let limits = Limits::default().with_max_ahead_ms(200 * HOUR);
    let trusting = Config { limits, ..Config::default() };
    let mut third = Fleet::<Document>::new(1, &Config::default());
    third.replicas[0] = Replica::new(&Opening::new(99, now), trusting);
    third.replicas[0].merge_snapshot(&far, now).expect("in order");
    transact(&mut third, 0, 50_000, |tx| tx.register("near").set("v"));
    let both = third.replicas[0].snapshot().bytes;
    fleet.replicas[1].merge_snapshot(&both, now).expect("in order");
    assert_eq!(fleet.replicas[1].state().names().collect::<Vec<_>>(), ["near"]);
    let mut stamp = None;
    let write = |_: &mut Document, _, at| {
        stamp = Some(at);
        Document::new()
    };
    fleet.replicas[1].write_stamped(now, write).expect("open");
    assert!(stamp.is_some_and(|stamp: Timestamp| stamp.millis() >= now.wall_ms + 50_000));
}

/// What was lost on its way behind a value that is refused came only when that was taken in.
#[test]
fn what_was_lost_behind_a_refused_value_stayed_lost_until_its_hour() {
    let mut fleet = pair();
    set(&mut fleet, 0, 100 * HOUR);
    fleet.run(10_000);
    let peer = Fleet::<Pair>::peer;
    for round in 0..200 {
        add(&mut fleet, 0, round..round + 1);
        let now = fleet.now();
        while let Some(message) = fleet.replicas[0].next_message(now) {
            if round % 3 != 0 {
                fleet.replicas[1].receive(peer(0), &message.bytes, now).expect("in order");
            }
        }
    }
    fleet.run(180_000);
    assert_eq!(fleet.replicas[1].state().0.len(), 200);
    assert!(fleet.replicas[0].log_bytes() > 0, "the value is refused still");
    fleet.run(100 * HOUR);
    assert!(fleet.are_equal());
    assert_eq!(fleet.replicas[0].log_bytes(), 0);
}

/// Of two values that waited the later one replaced the first and was removed. A clock that had gone
/// back had the first refused as it came out of quarantine, and what it had replaced stayed visible.
#[test]
fn a_clock_that_went_back_had_what_waited_dropped() {
    let mut fleet = Fleet::<Document>::new(2, &Config::default());
    fleet.connect(0, 1);
    transact(&mut fleet, 0, 0, |tx| tx.register("one").set("old"));
    fleet.run(10_000);
    transact(&mut fleet, 0, 20 * HOUR, |tx| tx.register("one").set("new"));
    fleet.run(10_000);
    transact(&mut fleet, 0, 20 * HOUR, |tx| tx.register("one").set("newer"));
    fleet.run(10_000);
    transact(&mut fleet, 0, 0, |tx| tx.remove("one"));
    let back = |fleet: &Fleet<Document>| {
        let now = fleet.now();
        Reading { wall_ms: now.wall_ms - 10 * HOUR, ..now }
    };
    for _ in 0..3 {
        let now = fleet.now();
        let messages = said(&mut fleet.replicas[0], now);
        for message in messages {
            let there = back(&fleet);
            fleet.replicas[1]
                .receive(Fleet::<Document>::peer(0), &message.bytes, there)
                .expect("in order");
        }
        fleet.persist(1);
        let there = back(&fleet);
        let answers = said(&mut fleet.replicas[1], there);
        for message in answers {
            let peer = Fleet::<Document>::peer(1);
            fleet.replicas[0].receive(peer, &message.bytes, now).expect("in order");
        }
        let told: Vec<_> = std::iter::from_fn(|| fleet.replicas[1].next_event()).collect();
        let is_refused = |event: &_| matches!(event, Event::ValueRefused { .. });
        assert!(!told.iter().any(is_refused), "{told:?}");
        fleet.now_ms += 2_000;
    }
    assert!(!fleet.replicas[1].state().contains("one"));
    let token = fleet.replicas[0].token();
    assert!(fleet.are_equal() && fleet.replicas[1].covers(&token));
}
