//! Sets that operations and merges have made.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crdt_core::{Key, laws};
use quickcheck::{Arbitrary, Gen};

use super::OrSet;
use crate::model::OrSetModel;

/// Yields reachable states; shrinks by removing elements, to states that are reachable too.
impl<T: Arbitrary + Key + Ord + fmt::Debug> Arbitrary for OrSet<T> {
    fn arbitrary(generator: &mut Gen) -> Self {
        laws::reachable::<OrSetModel<T>>(generator)
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        if self.context().is_empty() {
            return quickcheck::empty_shrinker();
        }
        let whole = self.clone();
        let elements: Vec<T> = self.iter().cloned().collect();
        let without = elements.into_iter().map(move |element| {
            let mut smaller = whole.clone();
            smaller.remove(&element);
            smaller
        });
        Box::new(core::iter::once(Self::new()).chain(without))
    }
}
