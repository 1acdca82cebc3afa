//! The model of the counter with an observed reset.

use alloc::boxed::Box;

use crdt_core::laws::{Author, Model};
use quickcheck::{Arbitrary, Gen};

use super::amount::amount;
use crate::ResettableCounter;

/// A [`ResettableCounter`].
#[derive(Clone, Copy, Debug)]
pub struct ResettableCounterModel;

/// What happens to a [`ResettableCounter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResettableCounterOperation {
    /// [`ResettableCounter::increment_by`]; where it overflows, nothing.
    Increment(u64),
    /// [`ResettableCounter::decrement_by`]; where it overflows, nothing.
    Decrement(u64),
    /// [`ResettableCounter::reset`].
    Reset,
}

impl Arbitrary for ResettableCounterOperation {
    fn arbitrary(generator: &mut Gen) -> Self {
        let amount = amount(generator);
        let operations = [Self::Increment(amount), Self::Decrement(amount), Self::Reset];
        generator.choose(&operations).copied().unwrap_or(Self::Reset)
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        match self {
            Self::Increment(amount) => Box::new(amount.shrink().map(Self::Increment)),
            Self::Decrement(amount) => Box::new(amount.shrink().map(Self::Decrement)),
            Self::Reset => quickcheck::empty_shrinker(),
        }
    }
}

impl Model for ResettableCounterModel {
    type State = ResettableCounter;
    type Operation = ResettableCounterOperation;
    type Observed = i128;

    fn apply(
        state: &mut ResettableCounter,
        author: &Author,
        operation: &ResettableCounterOperation,
    ) -> ResettableCounter {
        match operation {
            ResettableCounterOperation::Increment(amount) => {
                state.increment_by(author.replica, *amount).unwrap_or_default()
            }
            ResettableCounterOperation::Decrement(amount) => {
                state.decrement_by(author.replica, *amount).unwrap_or_default()
            }
            ResettableCounterOperation::Reset => state.reset(),
        }
    }

    fn observe(state: &ResettableCounter) -> i128 {
        state.value()
    }

    fn sequential(operations: &[ResettableCounterOperation]) -> Option<i128> {
        // The totals never restart, so neither does the room that is left in them.
        let (mut increments, mut decrements, mut value) = (0u64, 0u64, 0i128);
        for operation in operations {
            match operation {
                ResettableCounterOperation::Increment(amount) => {
                    if let Some(total) = increments.checked_add(*amount) {
                        increments = total;
                        value += i128::from(*amount);
                    }
                }
                ResettableCounterOperation::Decrement(amount) => {
                    if let Some(total) = decrements.checked_add(*amount) {
                        decrements = total;
                        value -= i128::from(*amount);
                    }
                }
                ResettableCounterOperation::Reset => value = 0,
            }
        }
        Some(value)
    }
}
