//! The bytes of format version 1, as they were released: to be read, and written, for good.

use std::fmt::Debug;

use crdt_sets::wire::{DecodeErrorKind, VERSION};
use crdt_sets::{ContentKey, GSet, Wire};

/// Hexadecimal digits; what follows `#` on a line is for the reader.
fn bytes(golden: &str) -> Vec<u8> {
    let lines = golden.lines().map(|line| line.split('#').next().unwrap_or_default());
    let digits: Vec<u8> =
        lines.flat_map(str::chars).filter_map(|c| c.to_digit(16)).map(|d| d as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn check<T: Wire + PartialEq + Debug>(golden: &str, value: &T) {
    let golden = bytes(golden);
    assert_eq!(golden.first(), Some(&VERSION));
    assert_eq!(T::decode(&golden).as_ref(), Ok(value));
    assert_eq!(value.encode(), golden);
}

fn tags() -> GSet<String> {
    ["urgent", "billing"].into_iter().map(String::from).collect()
}

#[test]
fn g_set() {
    check(include_str!("golden/g_set_empty.hex"), &GSet::<String>::new());
    check(include_str!("golden/g_set.hex"), &tags());
}

/// Both ends must hash alike, so the hash is part of the format.
#[test]
fn g_set_digest() {
    let key = ContentKey::from_u128(0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f);
    check(include_str!("golden/g_set_digest.hex"), &tags().digest_with(key));
}

#[test]
fn what_is_not_canonical_is_refused() {
    let refused = |golden: &str| GSet::<u8>::decode(&bytes(golden)).unwrap_err().kind().clone();
    assert_eq!(refused("01 02 07 05"), DecodeErrorKind::OutOfOrder);
    assert_eq!(refused("01 02 05 05"), DecodeErrorKind::OutOfOrder);
    assert_eq!(refused("01 02 05"), DecodeErrorKind::UnexpectedEnd);
    assert_eq!(refused("01 01 05 07"), DecodeErrorKind::TrailingBytes);
    assert_eq!(refused("02 00"), DecodeErrorKind::UnknownVersion(2));
}
