//! Every counter keeps the laws of the family.

use crdt_core::laws;
use crdt_counters::model::{GCounterModel, PnCounterModel, ResettableCounterModel};
use crdt_counters::{GCounter, PnCounter, ResettableCounter, Wire};
use quickcheck::{Arbitrary, Gen};

#[test]
fn g_counter() {
    laws::check::<GCounterModel>();
    laws::check_admit::<GCounterModel>();
    laws::check_observe::<GCounterModel>(|counter| vec![counter.value()]);
}

#[test]
fn pn_counter() {
    laws::check::<PnCounterModel>();
    laws::check_admit::<PnCounterModel>();
    laws::check_observe::<PnCounterModel>(|counter| vec![counter.value()]);
}

#[test]
fn resettable_counter() {
    laws::check::<ResettableCounterModel>();
    laws::check_admit::<ResettableCounterModel>();
    laws::check_observe::<ResettableCounterModel>(|counter| vec![counter.value()]);
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
