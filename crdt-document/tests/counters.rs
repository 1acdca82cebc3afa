//! What an application sees of the counters of a document.

mod support;

use crdt_document::{Delta, Document, Merge, WriteError};
use support::{EU, US, asia, at, eu, join, us};

#[test]
fn each_replica_counts_in_a_cell_of_its_own() {
    let (mut here, mut there) = (Document::new(), Document::new());
    here.transact(eu(), |tx| tx.counter("likes").increment(3)).unwrap();
    there.transact(us(), |tx| tx.counter("likes").increment(4)).unwrap();
    let both = join(&[&here, &there]);
    assert_eq!(both.counter("likes").value(), 7);
    assert!(both.counter("likes").iter().eq([(EU, 3), (US, 4)]));
    assert_eq!(both.counter("likes").get(US), 4);
    assert_eq!(both.counter("other").value(), 0);
    assert_eq!(join(&[&both, &here]).counter("likes").value(), 7, "nothing counts twice");
}

/// Its cell holds the total, so that an earlier delta may be lost for good.
#[test]
fn a_later_count_includes_an_earlier_one_that_never_arrives() {
    let mut here = Document::new();
    here.transact(eu(), |tx| tx.counter("likes").increment(3)).unwrap();
    let second = here.transact(eu(), |tx| tx.counter("likes").increment(4)).unwrap();
    assert_eq!(second.counter("likes").value(), 7);
}

#[test]
fn counting_nothing_writes_nothing() {
    let mut doc = Document::new();
    let delta = doc
        .transact(eu(), |tx| {
            tx.counter("likes").increment(0)?;
            tx.pn_counter("stock").increment(0)?;
            tx.pn_counter("stock").decrement(0)?;
            tx.pn_counter("stock").reset()
        })
        .unwrap();
    assert!(delta.is_bottom() && doc.is_bottom() && doc.is_empty());
}

#[test]
fn an_overflow_is_told_and_changes_nothing() {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| tx.counter("bytes").increment(u64::MAX)).unwrap();
    let before = doc.clone();
    let refused = doc.transact(eu(), |tx| tx.counter("bytes").increment(1)).unwrap_err();
    let told = WriteError::CounterOverflow {
        name: "bytes".into(),
        replica: EU,
        total: u64::MAX,
        amount: 1,
    };
    assert_eq!(refused, told);
    assert!(refused.to_string().contains("cannot count 1 more"), "{refused}");
    assert_eq!(doc, before);
    doc.transact(us(), |tx| tx.counter("bytes").increment(1)).unwrap();
    assert_eq!(doc.counter("bytes").value(), u128::from(u64::MAX) + 1);
}

/// A reset does not make room: totals never restart.
#[test]
fn an_overflow_outlives_a_reset() {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| tx.pn_counter("n").decrement(u64::MAX)).unwrap();
    doc.transact(eu(), |tx| tx.pn_counter("n").reset()).unwrap();
    assert_eq!(doc.pn_counter("n").value(), 0);
    assert!(doc.transact(eu(), |tx| tx.pn_counter("n").decrement(1)).is_err());
    doc.transact(eu(), |tx| tx.pn_counter("n").increment(1)).unwrap();
    assert_eq!(doc.pn_counter("n").value(), 1, "the other side has room");
}

#[test]
fn a_counter_goes_below_zero() {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| tx.pn_counter("stock").decrement(2)).unwrap();
    assert_eq!(doc.pn_counter("stock").value(), -2);
    assert!(doc.pn_counter("stock").iter().eq([(EU, -2)]));
}

#[test]
fn a_concurrent_increment_survives_a_reset() {
    let mut here = Document::new();
    here.transact(eu(), |tx| tx.pn_counter("unread").increment(5)).unwrap();
    let mut there = here.clone();
    let reset = there.transact(us(), |tx| tx.pn_counter("unread").reset()).unwrap();
    let more = here.transact(eu(), |tx| tx.pn_counter("unread").increment(2)).unwrap();
    assert_eq!(there.pn_counter("unread").value(), 0);
    assert_eq!(join(&[&here, &reset]).pn_counter("unread").value(), 2);
    assert_eq!(join(&[&there, &more]).pn_counter("unread").value(), 2);
}

/// Each side has a baseline of its own: an increment that a reset has not seen is not eaten up by a
/// decrement that it has.
#[test]
fn a_reset_removes_what_it_has_seen_on_each_side() {
    let mut here = Document::new();
    here.transact(eu(), |tx| tx.pn_counter("n").increment(10)).unwrap();
    here.transact(eu(), |tx| tx.pn_counter("n").decrement(4)).unwrap();
    let mut there = here.clone();
    there.transact(us(), |tx| tx.pn_counter("n").reset()).unwrap();
    here.transact(eu(), |tx| tx.pn_counter("n").decrement(1)).unwrap();
    assert_eq!(join(&[&here, &there]).pn_counter("n").value(), -1);
    here.transact(eu(), |tx| tx.pn_counter("n").increment(7)).unwrap();
    assert_eq!(join(&[&here, &there]).pn_counter("n").value(), 6);
}

#[test]
fn concurrent_resets_are_one() {
    let mut here = Document::new();
    here.transact(eu(), |tx| tx.pn_counter("n").increment(5)).unwrap();
    let mut there = here.clone();
    here.transact(eu(), |tx| tx.pn_counter("n").reset()).unwrap();
    there.transact(us(), |tx| tx.pn_counter("n").reset()).unwrap();
    assert_eq!(join(&[&here, &there]).pn_counter("n").value(), 0);
}

/// A reset cell takes the place of its writer's earlier one, so it has to say what that one said,
/// even where the total that it was taken from has not arrived.
#[test]
fn a_second_reset_keeps_what_the_first_one_said() {
    let mut here = Document::new();
    here.transact(eu(), |tx| tx.pn_counter("n").increment(5)).unwrap();
    let mut there = here.clone();
    let first = there.transact(us(), |tx| tx.pn_counter("n").reset()).unwrap();

    // A third replica hears of the reset only, counts, and its count is reset in turn by us, which
    // by then has lost all but its own reset.
    let mut third = first.clone();
    third.transact(asia(), |tx| tx.pn_counter("n").increment(1)).unwrap();
    third.transact(at(US, 2_000), |tx| tx.pn_counter("n").reset()).unwrap();
    assert_eq!(join(&[&third, &here]).pn_counter("n").value(), 0);
}

/// What another's reset has told is not repeated, and never taken back.
#[test]
fn a_reset_of_nothing_new_writes_nothing() {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| tx.pn_counter("n").increment(5)).unwrap();
    doc.transact(eu(), |tx| tx.pn_counter("n").reset()).unwrap();
    let again = doc.transact(us(), |tx| tx.pn_counter("n").reset()).unwrap();
    assert!(again.is_bottom());
}

#[test]
fn a_reset_that_arrives_before_what_it_has_seen_counts_nothing_negative() {
    let mut here = Document::new();
    let counted = here.transact(eu(), |tx| tx.pn_counter("n").increment(5)).unwrap();
    let reset = here.transact(eu(), |tx| tx.pn_counter("n").reset()).unwrap();
    let mut there = reset;
    assert_eq!(there.pn_counter("n").value(), 0);
    there.merge(counted);
    assert_eq!(there.pn_counter("n").value(), 0);
}

/// Removing a counter is a reset, never a kill: killed totals would come back with the next
/// increment.
#[test]
fn removing_a_counter_is_a_reset() {
    let mut here = Document::new();
    here.transact(eu(), |tx| tx.pn_counter("n").increment(5)).unwrap();
    let mut there = here.clone();
    there.transact(us(), |tx| tx.remove("n")).unwrap();
    assert_eq!(there.pn_counter("n").value(), 0);
    assert!(there.contains("n"), "what was counted stays known");

    here.transact(eu(), |tx| tx.pn_counter("n").increment(1)).unwrap();
    assert_eq!(join(&[&here, &there]).pn_counter("n").value(), 1);
    there.transact(us(), |tx| tx.pn_counter("n").increment(3)).unwrap();
    assert_eq!(there.pn_counter("n").value(), 3);
}

#[test]
fn what_only_grows_cannot_be_removed() {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| {
        tx.counter("likes").increment(1)?;
        tx.set("likes").add("Alice")?;
        tx.g_set("tags").add("new")
    })
    .unwrap();
    let before = doc.clone();
    for name in ["likes", "tags"] {
        let refused = doc.transact(eu(), |tx| tx.remove(name)).unwrap_err();
        assert!(matches!(refused, WriteError::GrowOnly { .. }), "{refused}");
    }
    assert_eq!(doc, before, "also what could have been removed is still there");
}
