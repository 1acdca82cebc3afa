//! The model of the multi-value register.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use crdt_core::Value;
use crdt_core::laws::{Author, Model};
use quickcheck::{Arbitrary, Gen};

use crate::MvRegister;

/// An [`MvRegister`] of such values; there should be few different ones, as of `(bool, bool)`, so
/// that replicas write the same.
#[derive(Clone, Copy, Debug)]
pub struct MvRegisterModel<T>(PhantomData<T>);

/// What happens to an [`MvRegister`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MvRegisterOperation<T> {
    /// [`MvRegister::set`].
    Set(T),
    /// [`MvRegister::resolve`], to the first of the values.
    ResolveToFirst,
    /// [`MvRegister::clear`].
    Clear,
}

impl<T: Arbitrary> Arbitrary for MvRegisterOperation<T> {
    fn arbitrary(generator: &mut Gen) -> Self {
        match u8::arbitrary(generator) % 8 {
            0..=4 => Self::Set(T::arbitrary(generator)),
            5 | 6 => Self::ResolveToFirst,
            _ => Self::Clear,
        }
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        match self {
            Self::Set(value) => Box::new(value.shrink().map(Self::Set)),
            Self::ResolveToFirst | Self::Clear => quickcheck::empty_shrinker(),
        }
    }
}

impl<T: Arbitrary + Value + fmt::Debug> Model for MvRegisterModel<T> {
    type State = MvRegister<T>;
    type Operation = MvRegisterOperation<T>;
    type Observed = Vec<T>;

    fn apply(
        state: &mut MvRegister<T>,
        author: &Author,
        operation: &MvRegisterOperation<T>,
    ) -> MvRegister<T> {
        match operation {
            MvRegisterOperation::Set(value) => state.set(author.replica, value.clone()),
            MvRegisterOperation::ResolveToFirst => {
                state.resolve(author.replica, |values| values[0].clone())
            }
            MvRegisterOperation::Clear => state.clear(),
        }
    }

    fn observe(state: &MvRegister<T>) -> Vec<T> {
        state.values().into_iter().cloned().collect()
    }

    fn sequential(operations: &[MvRegisterOperation<T>]) -> Option<Vec<T>> {
        // Alone there is never anything to resolve.
        let last = operations.iter().rev().find_map(|operation| match operation {
            MvRegisterOperation::Set(value) => Some(Some(value.clone())),
            MvRegisterOperation::ResolveToFirst => None,
            MvRegisterOperation::Clear => Some(None),
        });
        Some(last.flatten().into_iter().collect())
    }
}
