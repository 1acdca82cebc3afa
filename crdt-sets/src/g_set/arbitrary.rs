//! Sets that operations and merges have made.

use alloc::boxed::Box;
use core::fmt;

use crdt_core::{Wire, laws};
use quickcheck::{Arbitrary, Gen};

use super::GSet;
use crate::model::GSetModel;

/// Yields reachable states; shrinks to subsets and to smaller elements, which are reachable too.
impl<T: Arbitrary + Ord + Wire + fmt::Debug> Arbitrary for GSet<T> {
    fn arbitrary(generator: &mut Gen) -> Self {
        laws::reachable::<GSetModel<T>>(generator)
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        Box::new(self.elements.shrink().map(|elements| Self { elements }))
    }
}
