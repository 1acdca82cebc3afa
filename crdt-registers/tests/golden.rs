//! The bytes of format version 1, as they were released: to be read, and written, for good.

use std::fmt::Debug;

use crdt_registers::wire::{DecodeErrorKind, VERSION};
use crdt_registers::{ContentKey, LwwRegister, ReplicaId, Timestamp, Wire};

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

fn name() -> LwwRegister<String> {
    let mut name = LwwRegister::new();
    let timestamp = Timestamp::from_millis(1_000).and_then(Timestamp::next).expect("within range");
    name.set(ReplicaId::from_u128(1), timestamp, "Alice".to_string()).expect("not worn out");
    name
}

#[test]
fn lww_register() {
    check(include_str!("golden/lww_register_empty.hex"), &LwwRegister::<String>::new());
    check(include_str!("golden/lww_register.hex"), &name());
}

/// Both ends must hash alike, so the hash is part of the format.
#[test]
fn lww_register_digest() {
    let key = ContentKey::from_u128(0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f);
    let empty = LwwRegister::<String>::new().digest_with(key);
    check(include_str!("golden/lww_register_empty.hex"), &empty);
    check(include_str!("golden/lww_register_digest.hex"), &name().digest_with(key));
}

#[test]
fn what_is_not_canonical_is_refused() {
    let refused =
        |golden: &str| LwwRegister::<u8>::decode(&bytes(golden)).unwrap_err().kind().clone();
    let stamp = "0100 e803 0000 0000 00 00000000000000000000000000000001";
    assert!(LwwRegister::<u8>::decode(&bytes(&format!("01 01 {stamp} 05"))).is_ok());
    assert_eq!(refused(&format!("01 01 {stamp}")), DecodeErrorKind::UnexpectedEnd);
    assert_eq!(refused(&format!("01 01 {stamp} 05 05")), DecodeErrorKind::TrailingBytes);
    assert_eq!(refused(&format!("01 02 {stamp} 05")), DecodeErrorKind::UnknownTag(2));
    assert_eq!(refused("02 00"), DecodeErrorKind::UnknownVersion(2));
}
