//! What an application sees of the sets of a document.

mod support;

use crdt_document::{Delta, Document, Value};
use support::{eu, join, us};

#[test]
fn what_is_added_survives_a_concurrent_removal() {
    let mut here = Document::new();
    here.transact(eu(), |tx| tx.set("cart").add_all(["apple", "pear"])).unwrap();
    let mut there = here.clone();
    there.transact(us(), |tx| tx.set("cart").remove_all(["apple", "pear"])).unwrap();
    here.transact(eu(), |tx| tx.set("cart").add("apple")).unwrap();
    let both = join(&[&here, &there]);
    assert!(both.set("cart").iter().eq(["apple"]));
    assert!(there.set("cart").is_empty() && !there.contains("cart"));
}

#[test]
fn elements_come_in_the_order_of_values_whatever_their_kind() {
    let mut doc = Document::new();
    let elements = [Value::from("b"), 2.into(), "a".into(), Value::Null, 1.5.into(), true.into()];
    doc.transact(eu(), |tx| tx.set("mixed").add_all(elements)).unwrap();
    let shown = format!("{:?}", doc.set("mixed"));
    assert_eq!(shown, r#"{null, true, 2, 1.5, "a", "b"}"#);
    let set = doc.set("mixed");
    assert_eq!(set.len(), 6);
    let mut seen = 0;
    for element in &set {
        assert!(set.contains(element));
        seen += 1;
    }
    assert_eq!(seen, 6);
    assert!(set.contains(2) && !set.contains(2.0), "an integer is no float");
}

#[test]
fn retain_and_clear_remove_what_is_there() {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| tx.set("n").add_all(1..=4)).unwrap();
    doc.transact(eu(), |tx| tx.set("n").retain(|n| n.as_i64() > Some(2))).unwrap();
    assert!(doc.set("n").iter().eq([3, 4]));
    doc.transact(eu(), |tx| tx.set("n").clear()).unwrap();
    assert!(doc.set("n").is_empty() && doc.is_empty());
    let nothing = doc.transact(eu(), |tx| tx.set("n").remove(1)).unwrap();
    assert!(nothing.is_bottom());
}

/// In the one causal map a grow-only set never kills: both additions of an element stay, and adding
/// what is there writes nothing.
#[test]
fn a_grow_only_set_never_kills() {
    let (mut here, mut there) = (Document::new(), Document::new());
    let first = here.transact(eu(), |tx| tx.g_set("tags").add("new")).unwrap();
    let second = there.transact(us(), |tx| tx.g_set("tags").add("new")).unwrap();
    let mut both = join(&[&here, &there]);
    assert_eq!(both.g_set("tags").len(), 1);
    let again = both.transact(eu(), |tx| tx.g_set("tags").add("new")).unwrap();
    assert!(again.is_bottom());
    assert_eq!(both, join(&[&first, &second]));
}

/// A set and a grow-only set of one name do not touch one another.
#[test]
fn the_kinds_of_a_name_are_apart() {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| {
        tx.set("x").add(1)?;
        tx.g_set("x").add(1)?;
        tx.set("x").remove(1)
    })
    .unwrap();
    assert!(!doc.set("x").contains(1) && doc.g_set("x").contains(1));
}
