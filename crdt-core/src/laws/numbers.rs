//! A right model, for the tests of the kit's own parts.

use alloc::collections::BTreeSet;

use super::{Author, Model};
use crate::DotMap;

/// A set to which numbers are added (`Some`), and which is cleared (`None`).
pub(super) struct Numbers;

pub(super) type Operation = Option<u8>;

impl Model for Numbers {
    type State = DotMap<u8, ()>;
    type Operation = Operation;
    type Observed = BTreeSet<u8>;

    fn apply(set: &mut Self::State, author: &Author, operation: &Operation) -> Self::State {
        match operation {
            Some(number) => set.write(author.replica, *number, ()),
            None => set.clear(),
        }
    }

    fn observe(set: &Self::State) -> BTreeSet<u8> {
        set.keys().copied().collect()
    }
}
