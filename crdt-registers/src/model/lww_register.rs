//! The model of the last-writer-wins register.

use alloc::boxed::Box;
use core::fmt;
use core::marker::PhantomData;

use crdt_core::Wire;
use crdt_core::laws::{Author, Model};
use quickcheck::{Arbitrary, Gen};

use crate::LwwRegister;

/// An [`LwwRegister`] of such values; there should be few different ones, as of `(bool, bool)`, so that
/// replicas write the same.
#[derive(Clone, Copy, Debug)]
pub struct LwwRegisterModel<T>(PhantomData<T>);

/// What happens to an [`LwwRegister`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LwwRegisterOperation<T> {
    /// [`LwwRegister::set`].
    Set(T),
}

impl<T: Arbitrary> Arbitrary for LwwRegisterOperation<T> {
    fn arbitrary(generator: &mut Gen) -> Self {
        Self::Set(T::arbitrary(generator))
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        let Self::Set(value) = self;
        Box::new(value.shrink().map(Self::Set))
    }
}

impl<T: Arbitrary + Wire + PartialEq + fmt::Debug> Model for LwwRegisterModel<T> {
    type State = LwwRegister<T>;
    type Operation = LwwRegisterOperation<T>;
    type Observed = Option<T>;

    fn apply(
        state: &mut LwwRegister<T>,
        author: &Author,
        LwwRegisterOperation::Set(value): &LwwRegisterOperation<T>,
    ) -> LwwRegister<T> {
        // A worn-out clock writes nothing, and so changes nothing.
        state.set(author.replica, author.timestamp, value.clone()).unwrap_or_default()
    }

    fn observe(state: &LwwRegister<T>) -> Option<T> {
        state.get().cloned()
    }

    fn sequential(operations: &[LwwRegisterOperation<T>]) -> Option<Option<T>> {
        Some(operations.last().map(|LwwRegisterOperation::Set(value)| value.clone()))
    }
}
