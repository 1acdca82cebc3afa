//! The join: the greater of two writes.

use core::cmp::Ordering;
use core::mem;

use crdt_core::wire::canonical_cmp;
use crdt_core::{Change, Merge, Observe, Wire};

use super::{LwwRegister, Written};

impl<T: Wire + PartialEq> Written<T> {
    /// The order of writes, total and the same everywhere: timestamp, replica id, canonical bytes
    /// of the value. The bytes are looked at only when all else is equal and the values are not.
    fn order(&self, other: &Self) -> Ordering {
        self.stamp().cmp(&other.stamp()).then_with(|| {
            if self.value == other.value {
                Ordering::Equal
            } else {
                canonical_cmp(&self.value, &other.value)
            }
        })
    }
}

impl<T: Wire + PartialEq> LwwRegister<T> {
    /// Whether `self` would win over `other`.
    pub(super) fn beats(&self, other: &Self) -> bool {
        match (&self.written, &other.written) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(mine), Some(theirs)) => mine.order(theirs).is_gt(),
        }
    }
}

/// Cost: O(1). Borrowed, the other value is cloned only if it wins.
impl<T: Wire + PartialEq> Merge for LwwRegister<T> {
    fn merge(&mut self, other: Self) -> bool {
        let wins = other.beats(self);
        if wins {
            *self = other;
        }
        wins
    }

    fn merge_ref(&mut self, other: &Self) -> bool
    where
        Self: Clone,
    {
        let wins = other.beats(self);
        if wins {
            self.clone_from(other);
        }
        wins
    }
}

/// Reports the new value and the one that it replaces, unless they are equal: a write of the same
/// value, later, changes the register but nothing that can be read.
impl<T: Wire + PartialEq> Observe for LwwRegister<T> {
    type Item = T;

    fn merge_observed(&mut self, other: Self, mut observer: impl FnMut(Change<&T>)) -> bool {
        if !other.beats(self) {
            return false;
        }
        let before = mem::replace(self, other);
        if before.get() != self.get() {
            self.get().into_iter().for_each(|value| observer(Change::Appeared(value)));
            before.get().into_iter().for_each(|value| observer(Change::Vanished(value)));
        }
        true
    }
}
