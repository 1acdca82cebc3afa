//! The scalars of a document.

use std::collections::HashSet;
use std::sync::Arc;

use crdt_document::Value;
use crdt_document::wire::{DecodeErrorKind, Wire};

fn ascending() -> Vec<Value> {
    let floats = [f64::NEG_INFINITY, -1.5, -0.0, 0.0, f64::MIN_POSITIVE, f64::INFINITY, f64::NAN];
    let integers = [i64::MIN, -1, 0, 1, 63, 64, i64::MAX];
    let texts = ["", "a", "aa", "b", "é"];
    let bytes: [&[u8]; 4] = [&[], &[0], &[0, 0], &[255]];
    let mut values = vec![Value::Null, false.into(), true.into()];
    values.extend(integers.map(Value::from));
    values.extend(floats.map(Value::from));
    values.extend(texts.map(Value::from));
    values.extend(bytes.map(Value::from));
    values
}

#[test]
fn the_order_is_total_and_agrees_with_equality_and_hash() {
    let values = ascending();
    for (mine, one) in values.iter().enumerate() {
        for (theirs, other) in values.iter().enumerate() {
            assert_eq!(one.cmp(other), mine.cmp(&theirs), "{one:?} {other:?}");
            assert_eq!(one == other, mine == theirs);
            assert_eq!(one.encode() == other.encode(), mine == theirs);
        }
    }
    assert_eq!(values.iter().collect::<HashSet<_>>().len(), values.len());
}

#[test]
fn there_is_one_nan() {
    let others = [f64::NAN, -f64::NAN, f64::from_bits(0x7ff0_0000_0000_0001), f64::from_bits(!0)];
    let nans: HashSet<Value> = others.into_iter().map(Value::from).collect();
    assert_eq!(nans.len(), 1);
    for nan in others {
        assert_eq!(Value::from(nan).encode(), Value::from(f64::NAN).encode());
    }
}

#[test]
fn every_value_has_bytes_of_its_own() {
    for value in ascending() {
        assert_eq!(Value::decode(&value.encode()), Ok(value));
    }
    assert_eq!(Value::from(-1).encode(), [1, 3, 1], "small numbers are short");
    let refused = |body: &[u8]| {
        let message = [&[1], body].concat();
        Value::decode(&message).unwrap_err().kind().clone()
    };
    assert_eq!(refused(&[7]), DecodeErrorKind::UnknownTag(7));
    assert_eq!(refused(&[3, 0x80, 0]), DecodeErrorKind::NonMinimalInteger);
    assert_eq!(refused(&[5, 1, 0xff]), DecodeErrorKind::InvalidUtf8);
    assert_eq!(refused(&[6, 9, 0]), DecodeErrorKind::UnexpectedEnd);
    let nan = [&[4], f64::from_bits(!0).to_bits().to_le_bytes().as_slice()].concat();
    assert!(matches!(refused(&nan), DecodeErrorKind::Invalid(_)));
}

#[test]
fn what_is_a_value_becomes_one() {
    let name = String::from("Alice");
    assert_eq!(Value::from(&name), "Alice");
    assert_eq!(Value::from(name), *"Alice");
    assert_eq!(Value::from(Arc::<str>::from("a")), "a");
    assert_eq!(Value::from(3u8), 3);
    assert_eq!(Value::from(3u32), 3i64);
    assert_eq!(Value::from(1.5f32), 1.5);
    assert_eq!(Value::from(true), true);
    assert_eq!(Value::from(None::<i64>), Value::Null);
    assert_eq!(Value::from(Some("a")), "a");
    assert_eq!(Value::from(()), Value::default());
    assert_eq!(Value::from(vec![1, 2]), [1, 2][..]);
}

#[test]
fn a_value_is_read_as_what_it_is() {
    assert!(Value::Null.is_null());
    assert_eq!(Value::from(true).as_bool(), Some(true));
    assert_eq!(Value::from(3).as_i64(), Some(3));
    assert_eq!(Value::from(3).as_f64(), None);
    assert_eq!(Value::from(1.5).as_f64(), Some(1.5));
    assert_eq!(Value::from("a").as_str(), Some("a"));
    assert_eq!(Value::from(&[1u8][..]).as_bytes(), Some(&[1][..]));
    let shown = format!("{:?}", [Value::Null, true.into(), 1.into(), 1.0.into(), "a".into()]);
    assert_eq!(shown, r#"[null, true, 1, 1.0, "a"]"#);
}
