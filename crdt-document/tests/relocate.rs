//! Moving a value to another document.

mod support;

use crdt_document::{Document, Kind, MoveError, Timestamp, WriteError};
use support::{EU, at, eu, join, us};

fn region() -> Document {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| {
        tx.counter("likes").increment(1)?;
        tx.pn_counter("stock").increment(1)?;
        tx.g_set("tags").add("new")?;
        tx.set("cart").add_all(["apple", "pear"])?;
        tx.register("name").set("Alice")?;
        tx.mv_register("address").set("1 Main St")
    })
    .unwrap();
    let mut other = Document::new();
    other.transact(us(), |tx| tx.mv_register("address").set("2 High St")).unwrap();
    join(&[&doc, &other])
}

#[test]
fn sets_and_registers_move() {
    let (mut from, mut to) = (region(), Document::new());
    to.transact(us(), |tx| tx.set("cart").add("plum")).unwrap();
    let (before_from, before_to) = (from.clone(), to.clone());
    for (name, kind) in
        [("cart", Kind::Set), ("name", Kind::Register), ("address", Kind::MvRegister)]
    {
        let (mut here, mut there) = (from.clone(), to.clone());
        let (removed, added) = from.relocate(&mut to, name, kind, at(EU, 2_000)).unwrap();
        assert!(!from.contains(name));
        here = join(&[&here, &removed]);
        there = join(&[&there, &added]);
        assert!(here == from && there == to, "the deltas say it");
    }
    assert!(to.set("cart").iter().eq(["apple", "pear", "plum"]));
    assert_eq!(to.register("name").get().unwrap(), "Alice");
    assert_eq!(to.register("name").timestamp(), Timestamp::from_millis(2_000));
    assert_eq!(to.mv_register("address").values(), ["1 Main St", "2 High St"], "still to choose");
    assert!(before_from != from && before_to != to);
}

/// Two replicas that move a counter at the same time would have it twice.
#[test]
fn what_would_count_twice_does_not_move() {
    let (mut from, mut to) = (region(), Document::new());
    let before = from.clone();
    for (name, kind) in [("likes", Kind::Counter), ("stock", Kind::PnCounter), ("tags", Kind::GSet)]
    {
        let refused = from.relocate(&mut to, name, kind, eu()).unwrap_err();
        assert_eq!(refused, MoveError::NotMovable { name: name.into(), kind });
        assert!(refused.to_string().contains("cannot be moved"), "{refused}");
    }
    let refused = from.relocate(&mut to, "cart", Kind::Register, eu()).unwrap_err();
    assert!(matches!(refused, MoveError::NotThere { .. }), "{refused}");
    assert!(from == before && to == Document::new());
}

#[test]
fn a_move_that_fails_changes_neither() {
    let (mut from, mut to) = (region(), Document::new());
    let last = crdt_document::Author::new(EU, Timestamp::MAX);
    to.transact(last, |tx| tx.register("name").set("for good")).unwrap();
    let before = (from.clone(), to.clone());
    let refused = from.relocate(&mut to, "name", Kind::Register, us()).unwrap_err();
    assert!(matches!(refused, MoveError::Write(WriteError::Clock(_))));
    assert_eq!((from, to), before);
}
