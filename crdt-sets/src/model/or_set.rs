//! The model of the observed-remove set.

use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use core::fmt;
use core::marker::PhantomData;

use crdt_core::Key;
use crdt_core::laws::{Author, Model};
use quickcheck::{Arbitrary, Gen};

use crate::OrSet;

/// An [`OrSet`] of such elements; there should be few different ones, as of `(bool, bool)`, so that
/// replicas write the same.
#[derive(Clone, Copy, Debug)]
pub struct OrSetModel<T>(PhantomData<T>);

/// What happens to an [`OrSet`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrSetOperation<T> {
    /// [`OrSet::add`].
    Add(T),
    /// [`OrSet::add_all`].
    AddAll(BTreeSet<T>),
    /// [`OrSet::remove`].
    Remove(T),
    /// [`OrSet::remove_all`].
    RemoveAll(BTreeSet<T>),
    /// [`OrSet::retain`], of what is below this.
    RetainBelow(T),
    /// [`OrSet::clear`].
    Clear,
}

impl<T: Arbitrary + Ord> Arbitrary for OrSetOperation<T> {
    fn arbitrary(generator: &mut Gen) -> Self {
        let some = |generator: &mut Gen| (0..3).map(|_| T::arbitrary(generator)).collect();
        match u8::arbitrary(generator) % 16 {
            0..=6 => Self::Add(T::arbitrary(generator)),
            7 | 8 => Self::AddAll(some(generator)),
            9..=12 => Self::Remove(T::arbitrary(generator)),
            13 => Self::RemoveAll(some(generator)),
            14 => Self::RetainBelow(T::arbitrary(generator)),
            _ => Self::Clear,
        }
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        match self {
            Self::Add(element) => Box::new(element.shrink().map(Self::Add)),
            Self::AddAll(elements) => Box::new(elements.shrink().map(Self::AddAll)),
            Self::Remove(element) => Box::new(element.shrink().map(Self::Remove)),
            Self::RemoveAll(elements) => Box::new(elements.shrink().map(Self::RemoveAll)),
            Self::RetainBelow(element) => Box::new(element.shrink().map(Self::RetainBelow)),
            Self::Clear => quickcheck::empty_shrinker(),
        }
    }
}

impl<T: Arbitrary + Key + Ord + fmt::Debug> Model for OrSetModel<T> {
    type State = OrSet<T>;
    type Operation = OrSetOperation<T>;
    type Observed = BTreeSet<T>;

    fn apply(state: &mut OrSet<T>, author: &Author, operation: &OrSetOperation<T>) -> OrSet<T> {
        match operation {
            OrSetOperation::Add(element) => state.add(author.replica, element.clone()),
            OrSetOperation::AddAll(elements) => {
                state.add_all(author.replica, elements.iter().cloned())
            }
            OrSetOperation::Remove(element) => state.remove(element),
            OrSetOperation::RemoveAll(elements) => state.remove_all(elements),
            OrSetOperation::RetainBelow(limit) => state.retain(|element| element < limit),
            OrSetOperation::Clear => state.clear(),
        }
    }

    fn observe(state: &OrSet<T>) -> BTreeSet<T> {
        state.iter().cloned().collect()
    }

    fn sequential(operations: &[OrSetOperation<T>]) -> Option<BTreeSet<T>> {
        let mut set = BTreeSet::new();
        for operation in operations {
            match operation {
                OrSetOperation::Add(element) => set.extend([element.clone()]),
                OrSetOperation::AddAll(elements) => set.extend(elements.iter().cloned()),
                OrSetOperation::Remove(element) => set.retain(|other| other != element),
                OrSetOperation::RemoveAll(elements) => {
                    set.retain(|other| !elements.contains(other));
                }
                OrSetOperation::RetainBelow(limit) => set.retain(|element| element < limit),
                OrSetOperation::Clear => set.clear(),
            }
        }
        Some(set)
    }
}
