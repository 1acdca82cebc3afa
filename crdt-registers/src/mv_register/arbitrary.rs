//! Registers that operations and merges have made.

use alloc::boxed::Box;
use core::fmt;

use crdt_core::{Value, laws};
use quickcheck::{Arbitrary, Gen};

use super::MvRegister;
use crate::model::MvRegisterModel;

/// Yields reachable states; shrinks to the register never written and to the cleared one, which
/// are reachable too.
impl<T: Arbitrary + Value + fmt::Debug> Arbitrary for MvRegister<T> {
    fn arbitrary(generator: &mut Gen) -> Self {
        laws::reachable::<MvRegisterModel<T>>(generator)
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        if self.context().is_empty() {
            return quickcheck::empty_shrinker();
        }
        let mut cleared = self.clone();
        let any_value = !cleared.clear().context().is_empty();
        Box::new(core::iter::once(Self::new()).chain(any_value.then_some(cleared)))
    }
}
