//! The bytes of format version 1, as they were released: to be read, and written, for good; and bytes
//! that no document is written as.

mod support;

use crdt_core::laws::{check_golden, golden_bytes};
use crdt_document::wire::{Budget, DecodeErrorKind};
use crdt_document::{Delta, Document, Value, Wire};
use support::{at, eu, us};

fn everything() -> Document {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| {
        tx.counter("likes").increment(3)?;
        tx.pn_counter("stock").increment(300)?;
        tx.g_set("tags").add("new")?;
        tx.set("cart").add_all(["apple", "pear"])?;
        tx.register("name").set("Alice")
    })
    .unwrap();
    doc.transact(at(support::US, 2_000), |tx| {
        tx.pn_counter("stock").decrement(1)?;
        tx.pn_counter("stock").reset()?;
        tx.set("cart").remove("pear")?;
        tx.mv_register("name").set(Value::Null)
    })
    .unwrap();
    doc
}

fn values() -> Document {
    let mut doc = Document::new();
    let values = [
        Value::Null,
        false.into(),
        true.into(),
        0.into(),
        (-1).into(),
        64.into(),
        1.5.into(),
        f64::NAN.into(),
        "é".into(),
        vec![0, 255].into(),
    ];
    doc.transact(eu(), |tx| tx.set("").add_all(values)).unwrap();
    doc
}

#[test]
fn document() {
    check_golden(include_str!("golden/document_empty.hex"), &Document::new());
    check_golden(include_str!("golden/document.hex"), &everything());
    check_golden(include_str!("golden/document_values.hex"), &values());
}

#[test]
fn a_removal_names_nothing() {
    let mut doc = everything();
    let removed = doc.transact(us(), |tx| tx.remove("cart")).unwrap();
    check_golden(include_str!("golden/document_removal.hex"), &removed);
}

#[test]
fn digest() {
    check_golden(include_str!("golden/document_digest.hex"), &everything().digest());
}

/// A counter's cell whose writer is another than that of its dot, and a cell of another kind than its
/// key, have no bytes: neither is written.
#[test]
fn what_is_not_canonical_is_refused() {
    let refused = |hex: &str| Document::decode(&golden_bytes(hex)).unwrap_err().kind().clone();
    // One name, "a"; one replica, with the dot 1, which is live.
    let with = |names: &str, key_and_value: &str| {
        let id = "00000000000000000000000000000001";
        format!("01 {names} 01 00{id} 01 00 00 01 01 {key_and_value}")
    };
    let whole = with("01 01 61", "00 03");
    let doc = Document::decode(&golden_bytes(&whole)).unwrap();
    assert_eq!(doc.counter("a").value(), 3);

    assert_eq!(refused(&with("01 01 61", "00 00")), DecodeErrorKind::EmptyEntry, "a count of 0");
    assert_eq!(refused(&with("01 01 61", "01 00 00")), DecodeErrorKind::EmptyEntry);
    assert_eq!(refused(&with("01 01 61", "02 00")), DecodeErrorKind::EmptyEntry, "resets nothing");
    assert_eq!(refused(&with("01 01 61", "02 01 01 00 00")), DecodeErrorKind::EmptyEntry);
    assert_eq!(refused(&with("01 01 61", "02 02 01 01 00 01 01 00")), DecodeErrorKind::OutOfOrder);
    assert_eq!(refused(&with("01 01 61", "02 01 02 01 00")), DecodeErrorKind::UnknownReplica);
    assert_eq!(refused(&with("01 01 61", "07 00")), DecodeErrorKind::UnknownTag(7));
    assert_eq!(refused(&with("01 01 61", "08 03")), DecodeErrorKind::OutOfRange, "no such name");
    assert_eq!(refused(&with("02 01 61 01 62", "00 03")), DecodeErrorKind::EmptyEntry, "unused");
    assert_eq!(refused(&with("02 01 62 01 61", "00 03")), DecodeErrorKind::OutOfOrder);
    assert_eq!(refused(&with("02 01 61 01 61", "00 03")), DecodeErrorKind::OutOfOrder);
    assert_eq!(refused(&with("01 01 ff", "00 03")), DecodeErrorKind::InvalidUtf8);
    assert_eq!(refused(&with("01 01 61", "00 83 00")), DecodeErrorKind::NonMinimalInteger);
    assert_eq!(refused(&with("01 01 61", "00 03 00")), DecodeErrorKind::TrailingBytes);
    assert_eq!(refused(&with("01 01 61", "00")), DecodeErrorKind::UnexpectedEnd);
    // An element of a set: a text of one byte is tagged with its length.
    assert_eq!(
        refused(&with("01 01 61", "04 05 01 78")),
        DecodeErrorKind::Invalid("a short text is written long")
    );
    assert_eq!(refused(&with("01 01 61", "04 81 ff")), DecodeErrorKind::InvalidUtf8);
    assert_eq!(refused("02 00 00"), DecodeErrorKind::UnknownVersion(2));
    assert_eq!(refused("01 ff ff ff 0f"), DecodeErrorKind::UnexpectedEnd, "names without bytes");
}

#[test]
fn a_budget_bounds_names_and_values() {
    let bytes = everything().encode();
    let small = Budget::default().with_items(10);
    let refused = Document::decode_within(&bytes, &small).unwrap_err();
    assert_eq!(refused.kind(), &DecodeErrorKind::OverBudget("items"));
    assert_eq!(Document::decode_within(&bytes, &small.with_items(100)).unwrap(), everything());
}
