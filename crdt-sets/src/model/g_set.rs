//! The model of the grow-only set.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use core::fmt;
use core::marker::PhantomData;

use crdt_core::Wire;
use crdt_core::laws::{Author, Model};
use quickcheck::{Arbitrary, Gen};

use crate::GSet;

/// A [`GSet`] of such elements; there should be few different ones, as of `(bool, bool)`, so that
/// replicas write the same.
#[derive(Clone, Copy, Debug)]
pub struct GSetModel<T>(PhantomData<T>);

/// What happens to a [`GSet`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GSetOperation<T> {
    /// [`GSet::add`].
    Add(T),
    /// [`GSet::add_all`].
    AddAll(BTreeSet<T>),
}

impl<T: Arbitrary + Ord> Arbitrary for GSetOperation<T> {
    fn arbitrary(generator: &mut Gen) -> Self {
        if bool::arbitrary(generator) {
            Self::Add(T::arbitrary(generator))
        } else {
            Self::AddAll((0..3).map(|_| T::arbitrary(generator)).collect())
        }
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        match self {
            Self::Add(element) => Box::new(element.shrink().map(Self::Add)),
            Self::AddAll(elements) => Box::new(elements.shrink().map(Self::AddAll)),
        }
    }
}

impl<T: Arbitrary + Ord + Wire + fmt::Debug> Model for GSetModel<T> {
    type State = GSet<T>;
    type Operation = GSetOperation<T>;
    type Observed = BTreeSet<T>;

    fn apply(state: &mut GSet<T>, _author: &Author, operation: &GSetOperation<T>) -> GSet<T> {
        match operation {
            GSetOperation::Add(element) => state.add(element.clone()),
            GSetOperation::AddAll(elements) => state.add_all(elements.iter().cloned()),
        }
    }

    fn observe(state: &GSet<T>) -> BTreeSet<T> {
        state.iter().cloned().collect()
    }

    fn sequential(operations: &[GSetOperation<T>]) -> Option<BTreeSet<T>> {
        let mut added = BTreeSet::new();
        for operation in operations {
            match operation {
                GSetOperation::Add(element) => added.extend([element.clone()]),
                GSetOperation::AddAll(elements) => added.extend(elements.iter().cloned()),
            }
        }
        Some(added)
    }
}
