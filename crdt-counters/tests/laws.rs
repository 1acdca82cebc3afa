//! Every counter keeps the laws of the family.

use crdt_core::laws;
use crdt_counters::model::{GCounterModel, PnCounterModel, ResettableCounterModel};
use crdt_counters::{GCounter, PnCounter, ResettableCounter, Wire};
use quickcheck::{Arbitrary, Gen};

#[test]
fn g_counter() {
    laws::check::<GCounterModel>();
}

#[test]
fn pn_counter() {
    laws::check::<PnCounterModel>();
}

#[test]
fn resettable_counter() {
    laws::check::<ResettableCounterModel>();
}

/// What shrinking yields must be as valid as what it started from.
#[test]
fn shrinking_yields_canonical_states() {
    fn check<C: Arbitrary + Wire + PartialEq + std::fmt::Debug>() {
        let mut generator = Gen::from_size_and_seed(20, 1);
        for _ in 0..50 {
            for smaller in C::arbitrary(&mut generator).shrink().take(200) {
                assert_eq!(C::decode(&smaller.encode()).as_ref(), Ok(&smaller));
            }
        }
    }
    check::<GCounter>();
    check::<PnCounter>();
    check::<ResettableCounter>();
}
