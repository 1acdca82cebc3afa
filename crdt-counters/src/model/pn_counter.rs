//! The model of the counter that goes both ways.

use alloc::boxed::Box;

use crdt_core::laws::{Author, Model};
use quickcheck::{Arbitrary, Gen};

use super::amount::{amount, counted};
use crate::PnCounter;

/// A [`PnCounter`].
#[derive(Clone, Copy, Debug)]
pub struct PnCounterModel;

/// What happens to a [`PnCounter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PnCounterOperation {
    /// [`PnCounter::increment_by`]; where it overflows, nothing.
    Increment(u64),
    /// [`PnCounter::decrement_by`]; where it overflows, nothing.
    Decrement(u64),
}

impl Arbitrary for PnCounterOperation {
    fn arbitrary(generator: &mut Gen) -> Self {
        let direction = generator.choose(&[Self::Increment, Self::Decrement]).copied();
        direction.unwrap_or(Self::Increment)(amount(generator))
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        match self {
            Self::Increment(amount) => Box::new(amount.shrink().map(Self::Increment)),
            Self::Decrement(amount) => Box::new(amount.shrink().map(Self::Decrement)),
        }
    }
}

impl Model for PnCounterModel {
    type State = PnCounter;
    type Operation = PnCounterOperation;
    type Observed = i128;

    fn apply(state: &mut PnCounter, author: &Author, operation: &PnCounterOperation) -> PnCounter {
        match operation {
            PnCounterOperation::Increment(amount) => state.increment_by(author.replica, *amount),
            PnCounterOperation::Decrement(amount) => state.decrement_by(author.replica, *amount),
        }
        .unwrap_or_default()
    }

    fn observe(state: &PnCounter) -> i128 {
        state.value()
    }

    fn sequential(operations: &[PnCounterOperation]) -> Option<i128> {
        let increments = operations.iter().filter_map(|operation| match operation {
            PnCounterOperation::Increment(amount) => Some(*amount),
            PnCounterOperation::Decrement(_) => None,
        });
        let decrements = operations.iter().filter_map(|operation| match operation {
            PnCounterOperation::Increment(_) => None,
            PnCounterOperation::Decrement(amount) => Some(*amount),
        });
        Some(i128::from(counted(increments)) - i128::from(counted(decrements)))
    }
}
