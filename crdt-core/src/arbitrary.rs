//! Arbitrary ids, instants, dots and causal states.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use quickcheck::{Arbitrary, Gen};

use crate::model::DotMapModel;
use crate::{CausalContext, Delta, Dot, DotMap, Key, ReplicaId, Timestamp, Value, laws};

/// Any bits: two are practically never the same.
impl Arbitrary for ReplicaId {
    fn arbitrary(generator: &mut Gen) -> Self {
        Self::from_u128(u128::arbitrary(generator))
    }
}

/// Any bits, the ends included.
impl Arbitrary for Timestamp {
    fn arbitrary(generator: &mut Gen) -> Self {
        Self::from_bits(u64::arbitrary(generator))
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        Box::new(self.to_bits().shrink().map(Self::from_bits))
    }
}

/// Of four replicas and with small counters, so that dots meet.
impl Arbitrary for Dot {
    fn arbitrary(generator: &mut Gen) -> Self {
        let replica = ReplicaId::from_u128(u128::arbitrary(generator) % 4 + 1);
        Self { replica, counter: u64::arbitrary(generator) % 16 + 1 }
    }
}

/// Any set of such dots, with holes; shrinks to subsets.
impl Arbitrary for CausalContext {
    fn arbitrary(generator: &mut Gen) -> Self {
        Vec::<Dot>::arbitrary(generator).into_iter().collect()
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        let dots = |replica| {
            let counters = self.runs(replica).flatten();
            counters.map(move |counter| Dot { replica, counter })
        };
        let all: Vec<Dot> = self.replicas().flat_map(dots).collect();
        let without = |dot: Dot| all.iter().copied().filter(move |other| *other != dot).collect();
        let smaller: Vec<Self> = all.iter().copied().map(without).collect();
        Box::new(smaller.into_iter())
    }
}

/// Yields reachable states; shrinks by removing keys, to states that are reachable too.
impl<K, V> Arbitrary for DotMap<K, V>
where
    K: Arbitrary + Key + Ord + fmt::Debug,
    V: Arbitrary + Value + fmt::Debug,
{
    fn arbitrary(generator: &mut Gen) -> Self {
        laws::reachable::<DotMapModel<K, V>>(generator)
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        if self.is_bottom() {
            return quickcheck::empty_shrinker();
        }
        let whole = self.clone();
        let keys: Vec<K> = self.keys().cloned().collect();
        let without = keys.into_iter().map(move |key| {
            let mut smaller = whole.clone();
            smaller.remove(&key);
            smaller
        });
        Box::new(core::iter::once(Self::new()).chain(without))
    }
}
