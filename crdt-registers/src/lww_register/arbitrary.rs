//! Registers that operations and merges have made.

use alloc::boxed::Box;
use core::fmt;

use crdt_core::{Wire, laws};
use quickcheck::{Arbitrary, Gen};

use super::{LwwRegister, Written};
use crate::model::LwwRegisterModel;

/// Yields reachable states; shrinks to the register never written and to smaller values, which are
/// reachable too.
impl<T: Arbitrary + Wire + PartialEq + fmt::Debug> Arbitrary for LwwRegister<T> {
    fn arbitrary(generator: &mut Gen) -> Self {
        laws::reachable::<LwwRegisterModel<T>>(generator)
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        let Some(Written { timestamp, writer, value }) = self.written.clone() else {
            return quickcheck::empty_shrinker();
        };
        let written = move |value| Self { written: Some(Written { timestamp, writer, value }) };
        Box::new(core::iter::once(Self::new()).chain(value.shrink().map(written)))
    }
}
