//! The bytes of format version 1, as they were released: to be read, and written, for good.

use crdt_core::laws::{check_golden, golden_bytes};
use crdt_counters::wire::DecodeErrorKind;
use crdt_counters::{GCounter, PnCounter, ReplicaId, ResettableCounter, Wire};

const EU: ReplicaId = ReplicaId::from_u128(1);
const US: ReplicaId = ReplicaId::from_u128(0x6e0f_1b8a_7f3c_4c9e_9d0e_3a5b_1c2d_4e5f);

#[test]
fn empty() {
    check_golden(include_str!("golden/empty.hex"), &GCounter::new());
    check_golden(include_str!("golden/empty.hex"), &PnCounter::new());
    check_golden(include_str!("golden/empty.hex"), &ResettableCounter::new());
}

#[test]
fn g_counter() {
    let mut counter = GCounter::new();
    counter.increment_by(EU, 50).expect("in range");
    counter.increment_by(US, u64::MAX).expect("in range");
    check_golden(include_str!("golden/g_counter.hex"), &counter);
}

#[test]
fn pn_counter() {
    let mut counter = PnCounter::new();
    counter.increment_by(EU, 100).expect("in range");
    counter.decrement_by(US, 300).expect("in range");
    check_golden(include_str!("golden/pn_counter.hex"), &counter);
}

#[test]
fn resettable_counter() {
    let mut counter = ResettableCounter::new();
    counter.increment_by(EU, 5).expect("in range");
    counter.decrement_by(US, 1).expect("in range");
    counter.reset();
    counter.increment_by(EU, 2).expect("in range");
    check_golden(include_str!("golden/resettable_counter.hex"), &counter);
}

#[test]
fn what_is_not_canonical_is_refused() {
    let refused =
        |golden: &str| GCounter::decode(&golden_bytes(golden)).unwrap_err().kind().clone();
    let ids = ["00 00000000000000000000000000000001", "00 00000000000000000000000000000002"];
    let [first, second] = ids;
    assert_eq!(refused(&format!("01 02 {second} {first} 05 05")), DecodeErrorKind::OutOfOrder);
    assert_eq!(refused(&format!("01 02 {first} 01 05 05")), DecodeErrorKind::OutOfOrder);
    assert_eq!(refused(&format!("01 02 {first} {second} 05 00")), DecodeErrorKind::EmptyEntry);
    assert_eq!(refused(&format!("01 01 {first} 8500")), DecodeErrorKind::NonMinimalInteger);
    assert_eq!(refused(&format!("01 01 {first} 05 00")), DecodeErrorKind::TrailingBytes);
    assert_eq!(refused(&format!("01 01 {first}")), DecodeErrorKind::UnexpectedEnd);
    assert_eq!(refused("01 ffff03"), DecodeErrorKind::UnexpectedEnd);
    assert_eq!(refused("02 00"), DecodeErrorKind::UnknownVersion(2));
}

/// One zero side is what a counter that only went the other way holds; two say nothing.
#[test]
fn a_row_may_be_zero_on_one_side_only() {
    let decode = |totals: &str| {
        PnCounter::decode(&golden_bytes(&format!(
            "01 01 00 00000000000000000000000000000001 {totals}"
        )))
    };
    assert_eq!(decode("00 03").map(|counter| counter.value()), Ok(-3));
    assert_eq!(decode("00 00").unwrap_err().kind(), &DecodeErrorKind::EmptyEntry);
}
