//! What an application sees of the registers of a document.

mod support;

use crdt_document::{Author, ClockError, Delta, Document, Merge, Timestamp, Value, WriteError};
use support::{ASIA, EU, US, asia, at, eu, join, us};

#[test]
fn of_concurrent_writes_the_later_is_read() {
    let (mut here, mut there) = (Document::new(), Document::new());
    here.transact(at(EU, 2_000), |tx| tx.register("name").set("Alice")).unwrap();
    there.transact(at(US, 1_000), |tx| tx.register("name").set("Alicia")).unwrap();
    let both = join(&[&here, &there]);
    assert_eq!(both.register("name").get().unwrap(), "Alice");
    assert_eq!(both.register("name").writer(), Some(EU));
    assert_eq!(both.register("name").timestamp(), Timestamp::from_millis(2_000));
}

#[test]
fn of_equal_timestamps_the_greater_replica_is_read() {
    let (mut here, mut there) = (Document::new(), Document::new());
    here.transact(eu(), |tx| tx.register("name").set("Z")).unwrap();
    there.transact(us(), |tx| tx.register("name").set("A")).unwrap();
    assert_eq!(join(&[&here, &there]).register("name").get().unwrap(), "A");
}

/// The stamp of a write exceeds every stamp that its writer has seen there, also of writes that
/// lost, and that of its own earlier write.
#[test]
fn what_its_writer_has_seen_is_superseded_however_slow_its_clock() {
    let mut here = Document::new();
    here.transact(at(EU, 9_000), |tx| tx.register("name").set("Alice")).unwrap();
    let mut there = here.clone();
    there.transact(at(US, 1), |tx| tx.register("name").set("Alicia")).unwrap();
    assert_eq!(there.register("name").get().unwrap(), "Alicia");
    let stamp = Timestamp::from_millis(9_000).unwrap().next();
    assert_eq!(there.register("name").timestamp(), stamp);

    // A write that was concurrent to the first one, and earlier, loses to both.
    let mut third = Document::new();
    third.transact(at(ASIA, 8_000), |tx| tx.register("name").set("Al")).unwrap();
    assert_eq!(join(&[&here, &there, &third]).register("name").get().unwrap(), "Alicia");

    let again = there.transact(at(US, 1), |tx| tx.register("name").set("Alix")).unwrap();
    assert!(again.register("name").timestamp() > stamp);
}

#[test]
fn two_writes_of_one_transaction_are_in_order() {
    let mut doc = Document::new();
    let delta = doc
        .transact(eu(), |tx| {
            tx.register("name").set("first")?;
            tx.register("name").set("second")
        })
        .unwrap();
    assert_eq!(delta.register("name").get().unwrap(), "second");
}

#[test]
fn a_clock_that_is_worn_out_is_told() {
    let mut forged = Document::new();
    let last = Author::new(EU, Timestamp::MAX);
    forged.transact(last, |tx| tx.register("name").set("for good")).unwrap();
    let mut doc = forged.clone();
    let refused = doc.transact(us(), |tx| {
        tx.set("cart").add("apple")?;
        tx.register("name").set("Alice")
    });
    assert_eq!(refused, Err(WriteError::Clock(ClockError::WornOut)));
    assert_eq!(doc, forged);
}

#[test]
fn clearing_takes_what_was_seen() {
    let mut here = Document::new();
    here.transact(eu(), |tx| {
        tx.register("name").set("Alice")?;
        tx.mv_register("address").set("1 Main St")
    })
    .unwrap();
    let mut there = here.clone();
    there
        .transact(us(), |tx| {
            tx.register("name").clear()?;
            tx.mv_register("address").clear()
        })
        .unwrap();
    assert!(there.register("name").get().is_none() && there.mv_register("address").is_empty());
    assert!(there.is_empty() && !there.is_bottom());
    here.transact(eu(), |tx| tx.register("name").set("Alicia")).unwrap();
    let both = join(&[&here, &there]);
    assert_eq!(both.register("name").get().unwrap(), "Alicia", "written concurrently");
    assert!(both.mv_register("address").is_empty());
}

#[test]
fn a_multi_value_register_reads_each_value_once_and_in_order() {
    let write = |author, value: &str| {
        let mut doc = Document::new();
        doc.transact(author, |tx| tx.mv_register("address").set(value)).unwrap();
        doc
    };
    let all = join(&[&write(eu(), "b"), &write(us(), "a"), &write(asia(), "b")]);
    assert_eq!(all.mv_register("address").values(), ["a", "b"]);
    assert!(all.mv_register("address").is_conflicted());
    assert!(all.mv_register("address").get().is_none());
    let two = join(&[&write(eu(), "b"), &write(asia(), "b")]);
    assert_eq!(two.mv_register("address").get().unwrap(), "b");
    assert!(!two.mv_register("address").is_conflicted(), "two writes of one value");
}

#[test]
fn resolving_ends_a_conflict_and_does_nothing_without_one() {
    let (mut here, mut there) = (Document::new(), Document::new());
    here.transact(eu(), |tx| tx.mv_register("n").set(1)).unwrap();
    there.transact(us(), |tx| tx.mv_register("n").set(2)).unwrap();
    here.merge(there);
    let sum = |values: &[&Value]| values.iter().filter_map(|value| value.as_i64()).sum::<i64>();
    here.transact(eu(), |tx| tx.mv_register("n").resolve(|values| sum(values).into())).unwrap();
    assert_eq!(here.mv_register("n").values(), [3]);
    let nothing = here
        .transact(eu(), |tx| tx.mv_register("n").resolve(|_| unreachable!("no conflict")))
        .unwrap();
    assert!(nothing.is_bottom());
}
