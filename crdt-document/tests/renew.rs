//! A copy whose id turns out to be in use twice writes anew what nobody is known to have.

mod support;

use crdt_document::{Admit, Delta, Document, Limits, Merge, Transaction, WriteError};
use support::{ASIA, EU, at, eu, join, us};

/// What everybody has.
fn shared() -> Document {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| {
        tx.counter("likes").increment(5)?;
        tx.pn_counter("stock").increment(10)?;
        tx.pn_counter("stock").decrement(1)?;
        tx.set("cart").add_all(["apple", "pear"])?;
        tx.g_set("tags").add("old")?;
        tx.register("name").set("Alice")?;
        tx.mv_register("address").set("1 Main St")
    })
    .unwrap();
    doc.transact(us(), |tx| {
        tx.counter("likes").increment(1)?;
        tx.pn_counter("stock").increment(1)
    })
    .unwrap();
    doc
}

fn write(tx: &mut Transaction<'_>) -> Result<(), WriteError> {
    tx.counter("likes").increment(2)?;
    tx.pn_counter("stock").decrement(3)?;
    tx.set("cart").add("plum")?;
    tx.set("cart").remove("apple")?;
    tx.g_set("tags").add("new")?;
    tx.register("name").set("Alicia")?;
    tx.mv_register("address").set("2 High St")
}

/// Two copies of one store go on under one id. One finds out, and renews.
#[test]
fn nothing_is_lost_and_nothing_counts_twice() {
    let shared = shared();
    let mark = shared.claims_of(EU);
    let mut copy = shared.clone();
    copy.transact(at(EU, 2_000), write).unwrap();
    let seen: Vec<_> = copy.items().collect();

    // The other copy mints the same dots for other writes.
    let mut other = shared.clone();
    other
        .transact(at(EU, 3_000), |tx| {
            tx.set("cart").add("quince")?;
            tx.counter("likes").increment(40)
        })
        .unwrap();
    assert!(copy.admit(&other, EU, 3_000, &Limits::default()).is_err());

    let delta = copy.renew(EU, ASIA, &mark);
    copy.internal_validate().unwrap();
    assert!(copy.items().eq(seen), "it reads as before");
    assert_eq!(join(&[&copy, &delta]), copy);

    copy.admit(&other, ASIA, 3_000, &Limits::default()).unwrap();
    other.admit(&copy, EU, 3_000, &Limits::default()).unwrap();
    let both = join(&[&copy, &other]);
    assert_eq!(both.counter("likes").value(), 5 + 1 + 2 + 40);
    assert_eq!(both.pn_counter("stock").value(), 10 - 1 + 1 - 3);
    assert!(both.set("cart").iter().eq(["pear", "plum", "quince"]));
    assert!(both.g_set("tags").iter().eq(["new", "old"]));
    assert_eq!(both.register("name").get().unwrap(), "Alicia");
    assert_eq!(both.mv_register("address").values(), ["2 High St"]);
}

/// The delta alone brings a peer that has what is marked up to all of that.
#[test]
fn the_delta_says_it_all_to_who_has_what_is_marked() {
    let shared = shared();
    let mut copy = shared.clone();
    copy.transact(at(EU, 2_000), write).unwrap();
    let delta = copy.renew(EU, ASIA, &shared.claims_of(EU));
    assert_eq!(join(&[&shared, &delta]), copy);
}

/// Of a counter only the difference to the last acknowledged total is written anew: a peer that has
/// that total does not count it twice.
#[test]
fn of_a_counter_only_the_difference_is_written_anew() {
    let mut doc = shared();
    let mark = doc.claims_of(EU);
    doc.transact(eu(), |tx| tx.counter("likes").increment(2)).unwrap();
    doc.transact(eu(), |tx| tx.counter("fresh").increment(9)).unwrap();
    let delta = doc.renew(EU, ASIA, &mark);
    assert_eq!((delta.counter("likes").value(), delta.counter("fresh").value()), (2, 9));
    assert_eq!((doc.counter("likes").get(EU), doc.counter("likes").get(ASIA)), (5, 2));
    assert_eq!((doc.counter("fresh").get(EU), doc.counter("fresh").get(ASIA)), (0, 9));
}

/// A reset that nobody has heard of is written anew, and what it has reset stays reset.
#[test]
fn a_reset_is_written_anew() {
    let shared = shared();
    let mut copy = shared.clone();
    copy.transact(eu(), |tx| {
        tx.pn_counter("stock").increment(100)?;
        tx.pn_counter("stock").reset()?;
        tx.pn_counter("stock").increment(7)
    })
    .unwrap();
    let delta = copy.renew(EU, ASIA, &shared.claims_of(EU));
    copy.internal_validate().unwrap();
    assert_eq!(copy.pn_counter("stock").value(), 7);
    assert_eq!(join(&[&shared, &delta]), copy);

    // The other copy has counted on: what no reset has seen stays.
    let mut other = shared;
    other.transact(eu(), |tx| tx.pn_counter("stock").increment(50)).unwrap();
    assert_eq!(join(&[&other, &copy]).pn_counter("stock").value(), 57);
}

/// A reset elsewhere has seen counts that nobody was known to have: they stay reset.
#[test]
fn what_another_has_reset_is_not_written_anew() {
    let mut doc = shared();
    let mark = doc.claims_of(EU);
    doc.transact(eu(), |tx| tx.pn_counter("stock").increment(100)).unwrap();
    doc.transact(us(), |tx| tx.pn_counter("stock").reset()).unwrap();
    doc.transact(eu(), |tx| tx.pn_counter("stock").increment(3)).unwrap();
    doc.renew(EU, ASIA, &mark);
    assert_eq!(doc.pn_counter("stock").value(), 3);
}

#[test]
fn with_nothing_beyond_the_mark_there_is_nothing_to_write() {
    let mut doc = shared();
    let before = doc.clone();
    let mark = doc.claims_of(EU);
    assert!(mark.counter("likes").get(EU) == 5 && !mark.contains("cart"), "totals and dots");
    doc.renew(EU, ASIA, &mark);
    assert_eq!(doc, before);
    assert!(Document::new().claims_of(EU).is_bottom());
}

/// Without a mark all is written anew.
#[test]
fn without_a_mark_everything_is_written_anew() {
    let mut doc = shared();
    let seen: Vec<_> = doc.items().collect();
    let mut anew = doc.renew(EU, ASIA, &Document::new());
    assert_eq!(doc.context().max(EU), 0);
    assert!(doc.items().eq(seen));
    anew.merge(shared());
    assert_eq!(anew.counter("likes").value(), 5 + 5 + 1, "the old ones are elsewhere");
}
