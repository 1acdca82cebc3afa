//! A register's value from a clock too far ahead waits; everything else is merged now.

mod support;

use crdt_document::{Admit, AdmitError, Document, Limits, Merge, Separated, Timestamp};
use support::{EU, US, at, eu, join, us};

const NOW: u64 = 1_000;
const AHEAD: u64 = 3_600_000;

fn limits() -> Limits {
    Limits::default()
}

/// A transaction whose clock is an hour ahead: its register waits, the rest of it does not.
#[test]
fn of_one_transaction_only_the_register_waits() {
    let mut here = Document::new();
    here.transact(us(), |tx| tx.register("name").set("Alice")).unwrap();
    let mut there = here.clone();
    let delta = there
        .transact(at(EU, AHEAD), |tx| {
            tx.register("name").set("from the future")?;
            tx.register("other").set("from the future, too")?;
            tx.counter("likes").increment(1)?;
            tx.set("cart").add("apple")
        })
        .unwrap();
    let refused = here.admit(&delta, US, NOW, &limits());
    assert!(matches!(refused, Err(AdmitError::FutureTimestamp { .. })));

    let Separated { now, later } = here.separate(delta.clone(), NOW, &limits());
    let (later, newest) = later.expect("something waits");
    assert_eq!(newest, Timestamp::from_millis(AHEAD).unwrap());
    assert_eq!(join(&[&now, &later]), delta);
    here.admit(&now, US, NOW, &limits()).unwrap();
    here.merge(now);
    assert!(here.set("cart").contains("apple") && here.counter("likes").value() == 1);
    assert_eq!(here.register("name").get().unwrap(), "Alice", "no reader sees a gap");
    assert!(!here.contains("other"));

    // Time has caught up.
    let Separated { now, later } = here.separate(later, AHEAD, &limits());
    assert!(later.is_none());
    here.merge(now);
    assert_eq!(here, there);
}

/// What comes from time to time, in time, is not taken apart.
#[test]
fn what_is_in_time_is_not_taken_apart() {
    let mut doc = Document::new();
    let delta = doc.transact(at(EU, 60_000), |tx| tx.register("name").set("x")).unwrap();
    let apart = Document::new().separate(delta.clone(), 0, &limits());
    assert_eq!(apart, Separated { now: delta, later: None });
}

/// Another value of the same name that is in time is merged, with what it supersedes.
#[test]
fn a_value_in_time_under_the_same_name_does_not_wait() {
    let mut there = Document::new();
    there.transact(at(EU, AHEAD), |tx| tx.register("name").set("from the future")).unwrap();
    let mut third = Document::new();
    third.transact(us(), |tx| tx.register("name").set("in time")).unwrap();
    there.merge(third);

    let mut here = Document::new();
    let Separated { now, later } = here.separate(there.clone(), NOW, &limits());
    here.merge(now);
    assert_eq!(here.register("name").get().unwrap(), "in time");
    here.merge(later.unwrap().0);
    assert_eq!(here, there);
}

/// While a value waits, its replica may supersede it: the write that comes later includes the kill.
#[test]
fn a_later_write_overtakes_the_one_that_waits() {
    let mut there = Document::new();
    let first = there.transact(at(EU, AHEAD), |tx| tx.register("name").set("first")).unwrap();
    let second = there.transact(eu(), |tx| tx.register("name").clear()).unwrap();
    let mut here = Document::new();
    let Separated { now, later } = here.separate(first, NOW, &limits());
    here.merge(now);
    here.merge(here.clone().separate(second, NOW, &limits()).now);
    here.merge(later.unwrap().0);
    assert_eq!(here, there);
    assert!(here.register("name").get().is_none());
}

/// A value that was removed meanwhile, or is here already, was held back until its hour.
#[test]
fn a_value_that_is_dead_or_here_was_held_back() {
    let mut there = Document::new();
    let written = there.transact(at(EU, AHEAD), |tx| tx.register("name").set("far ahead")).unwrap();
    let removed = there.transact(eu(), |tx| tx.register("name").clear()).unwrap();
    let mut here = Document::new();
    here.merge(removed);
    for known in [here, written.clone()] {
        known.admit(&written, US, NOW, &limits()).expect("nothing to wait for");
        let apart = known.separate(written.clone(), NOW, &limits());
        assert_eq!(apart, Separated { now: written.clone(), later: None });
    }
}

#[test]
fn the_newest_timestamp_is_for_the_clock() {
    let mut doc = Document::new();
    assert_eq!(doc.newest(), None);
    doc.transact(at(EU, 7), |tx| tx.set("cart").add("apple")).unwrap();
    assert_eq!(doc.newest(), None, "a set has no timestamps");
    doc.transact(at(EU, 5), |tx| tx.register("a").set(1)).unwrap();
    doc.transact(at(EU, 9), |tx| tx.register("b").set(1)).unwrap();
    doc.transact(at(EU, 8), |tx| tx.register("c").set(1)).unwrap();
    assert_eq!(doc.newest(), Timestamp::from_millis(9));
}
