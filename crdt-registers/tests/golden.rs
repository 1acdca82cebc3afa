//! The bytes of format version 1, as they were released: to be read, and written, for good.

use crdt_core::laws::{check_golden, golden_bytes};
use crdt_registers::wire::DecodeErrorKind;
use crdt_registers::{
    ContentKey, Delta, LwwRegister, Merge, MvRegister, ReplicaId, Timestamp, Wire,
};

fn name() -> LwwRegister<String> {
    let mut name = LwwRegister::new();
    let timestamp = Timestamp::from_millis(1_000).and_then(Timestamp::next).expect("within range");
    name.set(ReplicaId::from_u128(1), timestamp, "Alice".to_string()).expect("not worn out");
    name
}

#[test]
fn lww_register() {
    check_golden(include_str!("golden/lww_register_empty.hex"), &LwwRegister::<String>::new());
    check_golden(include_str!("golden/lww_register.hex"), &name());
}

/// Both ends must hash alike, so the hash is part of the format.
#[test]
fn lww_register_digest() {
    let key = ContentKey::from_u128(0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f);
    let empty = LwwRegister::<String>::new().digest_with(key);
    check_golden(include_str!("golden/lww_register_empty.hex"), &empty);
    check_golden(include_str!("golden/lww_register_digest.hex"), &name().digest_with(key));
}

fn address() -> MvRegister<String> {
    let (eu, us) = (ReplicaId::from_u128(1), ReplicaId::from_u128(2));
    let mut address = MvRegister::new();
    address.set(eu, "old".into());
    address.set(eu, "x".into());
    let mut other = MvRegister::new();
    other.set(us, "y".into());
    address.merge(other);
    address
}

#[test]
fn mv_register() {
    check_golden(include_str!("golden/mv_register_empty.hex"), &MvRegister::<String>::new());
    check_golden(include_str!("golden/mv_register.hex"), &address());
}

#[test]
fn mv_register_digest() {
    check_golden(include_str!("golden/mv_register_digest.hex"), &address().digest());
}

#[test]
fn what_is_not_canonical_is_refused() {
    let refused =
        |golden: &str| LwwRegister::<u8>::decode(&golden_bytes(golden)).unwrap_err().kind().clone();
    let stamp = "0100 e803 0000 0000 00 00000000000000000000000000000001";
    assert!(LwwRegister::<u8>::decode(&golden_bytes(&format!("01 01 {stamp} 05"))).is_ok());
    assert_eq!(refused(&format!("01 01 {stamp}")), DecodeErrorKind::UnexpectedEnd);
    assert_eq!(refused(&format!("01 01 {stamp} 05 05")), DecodeErrorKind::TrailingBytes);
    assert_eq!(refused(&format!("01 02 {stamp} 05")), DecodeErrorKind::UnknownTag(2));
    assert_eq!(refused("02 00"), DecodeErrorKind::UnknownVersion(2));
}
