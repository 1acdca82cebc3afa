//! The model of the grow-only counter.

use alloc::boxed::Box;

use crdt_core::laws::{Author, Model};
use quickcheck::{Arbitrary, Gen};

use super::amount::{amount, counted};
use crate::GCounter;

/// A [`GCounter`].
#[derive(Clone, Copy, Debug)]
pub struct GCounterModel;

/// What happens to a [`GCounter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GCounterOperation {
    /// [`GCounter::increment_by`]; where it overflows, nothing.
    Increment(u64),
}

impl Arbitrary for GCounterOperation {
    fn arbitrary(generator: &mut Gen) -> Self {
        Self::Increment(amount(generator))
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        let Self::Increment(amount) = self;
        Box::new(amount.shrink().map(Self::Increment))
    }
}

impl Model for GCounterModel {
    type State = GCounter;
    type Operation = GCounterOperation;
    type Observed = u128;

    fn apply(
        state: &mut GCounter,
        author: &Author,
        GCounterOperation::Increment(amount): &GCounterOperation,
    ) -> GCounter {
        state.increment_by(author.replica, *amount).unwrap_or_default()
    }

    fn observe(state: &GCounter) -> u128 {
        state.value()
    }

    fn sequential(operations: &[GCounterOperation]) -> Option<u128> {
        let amounts = operations.iter().map(|GCounterOperation::Increment(amount)| *amount);
        Some(counted(amounts).into())
    }
}
