//! The causal engine as the law kit sees it.
//!
//! ```
//! use crdt_core::laws;
//! use crdt_core::model::DotMapModel;
//!
//! laws::check::<DotMapModel<(bool, bool), bool>>();
//! ```

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;
use core::marker::PhantomData;

use quickcheck::{Arbitrary, Gen};

use crate::laws::{Author, Model};
use crate::{DotMap, Key, Value};

/// A [`DotMap`] of such keys and values; there should be few different ones, as of
/// `(bool, bool)`, so that replicas write the same.
#[derive(Clone, Copy, Debug)]
pub struct DotMapModel<K, V>(PhantomData<(K, V)>);

/// What happens to a [`DotMap`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DotMapOperation<K, V> {
    /// [`DotMap::write`].
    Write(K, V),
    /// [`DotMap::write_all`].
    WriteAll(Vec<(K, V)>),
    /// [`DotMap::remove`].
    Remove(K),
    /// [`DotMap::remove_all`].
    RemoveAll(Vec<K>),
    /// [`DotMap::retain`], of the keys below this.
    RetainBelow(K),
    /// [`DotMap::clear`].
    Clear,
}

impl<K: Arbitrary, V: Arbitrary> Arbitrary for DotMapOperation<K, V> {
    fn arbitrary(generator: &mut Gen) -> Self {
        match u8::arbitrary(generator) % 16 {
            0..=6 => Self::Write(K::arbitrary(generator), V::arbitrary(generator)),
            7 | 8 => Self::WriteAll((0..3).map(|_| Arbitrary::arbitrary(generator)).collect()),
            9..=12 => Self::Remove(K::arbitrary(generator)),
            13 => Self::RemoveAll((0..2).map(|_| K::arbitrary(generator)).collect()),
            14 => Self::RetainBelow(K::arbitrary(generator)),
            _ => Self::Clear,
        }
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        match self.clone() {
            Self::Write(key, value) => {
                Box::new((key, value).shrink().map(|(key, value)| Self::Write(key, value)))
            }
            Self::WriteAll(writes) => Box::new(writes.shrink().map(Self::WriteAll)),
            Self::Remove(key) => Box::new(key.shrink().map(Self::Remove)),
            Self::RemoveAll(keys) => Box::new(keys.shrink().map(Self::RemoveAll)),
            Self::RetainBelow(key) => Box::new(key.shrink().map(Self::RetainBelow)),
            Self::Clear => quickcheck::empty_shrinker(),
        }
    }
}

impl<K, V> Model for DotMapModel<K, V>
where
    K: Arbitrary + Key + Ord + fmt::Debug,
    V: Arbitrary + Value + fmt::Debug,
{
    type State = DotMap<K, V>;
    type Operation = DotMapOperation<K, V>;
    /// For each key its values, in the order of their dots.
    type Observed = BTreeMap<K, Vec<V>>;

    fn apply(
        state: &mut DotMap<K, V>,
        author: &Author,
        operation: &DotMapOperation<K, V>,
    ) -> DotMap<K, V> {
        match operation {
            DotMapOperation::Write(key, value) => {
                state.write(author.replica, key.clone(), value.clone())
            }
            DotMapOperation::WriteAll(writes) => {
                state.write_all(author.replica, writes.iter().cloned())
            }
            DotMapOperation::Remove(key) => state.remove(key),
            DotMapOperation::RemoveAll(keys) => state.remove_all(keys),
            DotMapOperation::RetainBelow(limit) => state.retain(|entry| entry.key() < limit),
            DotMapOperation::Clear => state.clear(),
        }
    }

    fn observe(state: &DotMap<K, V>) -> Self::Observed {
        let values = |key| state.values(key).map(|entry| entry.value().clone()).collect();
        state.keys().map(|key| (key.clone(), values(key))).collect()
    }

    fn sequential(operations: &[DotMapOperation<K, V>]) -> Option<Self::Observed> {
        let mut map = BTreeMap::new();
        for operation in operations {
            match operation {
                DotMapOperation::Write(key, value) => {
                    map.insert(key.clone(), Vec::from([value.clone()]));
                }
                DotMapOperation::WriteAll(writes) => {
                    map.extend(writes.iter().cloned().map(|(key, value)| (key, [value].into())));
                }
                DotMapOperation::Remove(key) => {
                    map.remove(key);
                }
                DotMapOperation::RemoveAll(keys) => map.retain(|key, _| !keys.contains(key)),
                DotMapOperation::RetainBelow(limit) => map.retain(|key, _| key < limit),
                DotMapOperation::Clear => map.clear(),
            }
        }
        Some(map)
    }
}
