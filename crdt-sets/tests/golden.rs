//! The bytes of format version 1, as they were released: to be read, and written, for good.

use crdt_core::laws::{check_golden, golden_bytes};
use crdt_sets::wire::DecodeErrorKind;
use crdt_sets::{ContentKey, Delta, GSet, OrSet, ReplicaId, Wire};

fn tags() -> GSet<String> {
    ["urgent", "billing"].into_iter().map(String::from).collect()
}

#[test]
fn g_set() {
    check_golden(include_str!("golden/g_set_empty.hex"), &GSet::<String>::new());
    check_golden(include_str!("golden/g_set.hex"), &tags());
}

/// Both ends must hash alike, so the hash is part of the format.
#[test]
fn g_set_digest() {
    let key = ContentKey::from_u128(0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f);
    check_golden(include_str!("golden/g_set_digest.hex"), &tags().digest_with(key));
}

fn cart() -> OrSet<String> {
    let (eu, us) = (ReplicaId::from_u128(1), ReplicaId::from_u128(2));
    let mut cart = OrSet::new();
    cart.add_all(eu, ["a", "b", "c", "d"].map(String::from));
    cart.add(us, "e".into());
    cart.add(us, "a".into());
    cart.remove("c");
    cart
}

#[test]
fn or_set() {
    check_golden(include_str!("golden/or_set_empty.hex"), &OrSet::<String>::new());
    check_golden(include_str!("golden/or_set.hex"), &cart());
}

#[test]
fn or_set_digest() {
    check_golden(include_str!("golden/or_set_digest.hex"), &cart().digest());
}

/// Of many dots that are all live, a run. (It is as long as the bits would be.)
#[test]
fn or_set_without_gaps() {
    let mut set = OrSet::new();
    set.add_all(ReplicaId::from_u128(1), 0..20u8);
    check_golden(include_str!("golden/or_set_run.hex"), &set);
}

/// Of many dots that died here and there, a bit each.
#[test]
fn or_set_with_many_gaps() {
    let mut set = OrSet::new();
    set.add_all(ReplicaId::from_u128(1), 0..32u8);
    set.retain(|element| element % 2 == 1);
    check_golden(include_str!("golden/or_set_gaps.hex"), &set);
}

/// A delta that arrived without those before it leaves a hole.
#[test]
fn or_set_with_a_hole() {
    let mut set = OrSet::new();
    set.add_all(ReplicaId::from_u128(1), 0..5u8);
    let late = set.add(ReplicaId::from_u128(1), 5);
    check_golden(include_str!("golden/or_set_hole.hex"), &late);
}

#[test]
fn what_is_not_canonical_is_refused() {
    let refused =
        |golden: &str| GSet::<u8>::decode(&golden_bytes(golden)).unwrap_err().kind().clone();
    assert_eq!(refused("01 02 07 05"), DecodeErrorKind::OutOfOrder);
    assert_eq!(refused("01 02 05 05"), DecodeErrorKind::OutOfOrder);
    assert_eq!(refused("01 02 05"), DecodeErrorKind::UnexpectedEnd);
    assert_eq!(refused("01 01 05 07"), DecodeErrorKind::TrailingBytes);
    assert_eq!(refused("02 00"), DecodeErrorKind::UnknownVersion(2));
}
