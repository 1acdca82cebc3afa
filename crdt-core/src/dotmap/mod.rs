//! The causal engine: what observed-remove sets, multi-value registers and documents are views of.
//!
//! | file | what it answers |
//! |---|---|
//! | `entries`, `index` | where the entries are, and which ones a key has |
//! | `columns` | which dots are live, in the order of dots |
//! | `write` | the delta-mutators |
//! | `join` | the causal join, and what it reports |
//! | `iter` | entries and keys in the order of dots |
//! | `delta` | digests and exact differences |
//! | `dots`, `decompose` | finding differences by dots and by named parts |
//! | `renew`, `split` | what is written anew, and what has to wait |
//! | `live` | the bytes that say which dots are live |
//! | `admit`, `wire`, `parts` | three doors for what comes from outside |
//! | `validate` | the invariants of the layout, for tests |

mod admit;
mod columns;
mod decompose;
mod delta;
mod dots;
mod entries;
mod fmt;
mod index;
mod iter;
mod join;
pub(crate) mod live;
mod parts;
mod renew;
mod split;
mod validate;
mod wire;
mod write;

use alloc::vec::Vec;
use core::borrow::Borrow;
use core::hash::Hash;

use smallvec::SmallVec;

use crate::{CausalContext, Dot, Wire};

use columns::Columns;
use entries::Entries;

pub use delta::DotMapDigest;
pub use entries::Entry;
pub use iter::{Iter, Keys};
pub use parts::InvalidParts;

/// What can be a key: told apart and found by hash, copied into deltas, written canonically.
///
/// Every type with these traits is one.
pub trait Key: Hash + Eq + Clone + Wire {}

impl<T: Hash + Eq + Clone + Wire> Key for T {}

/// What can be a value: compared, copied into deltas, written canonically.
///
/// Every type with these traits is one.
pub trait Value: PartialEq + Clone + Wire {}

impl<T: PartialEq + Clone + Wire> Value for T {}

/// A map from key to the values written there, each named by its dot, with the causal context of
/// all that were ever written: the causal engine of the family.
///
/// This is the dot store `DotFun` keyed by element, with one context for all keys (Almeida,
/// Shoker, Baquero 2018, on dot stores; without tombstones, as in Bieniusa et al.
/// 2012). Each dot goes through *unknown → live → dead* and never back. A write to a key mints one
/// dot and supersedes those of the key that its writer has seen; a removal mints none. Concurrent
/// writes to a key are all kept, and a write survives a concurrent removal: *add wins*.
///
/// `OrSet<T>` is a `DotMap<T, ()>`, `MvRegister<T>` a `DotMap<(), T>`; build other observed-remove
/// types the same way.
///
/// # Cost
///
/// With n live entries: lookups are O(1), mutators O(log n) and the size of their delta; merging
/// costs O(log n) for each change of a delta, and one pass in the order of dots over two full
/// states. Memory: the live entries, twelve bytes and a share of an index for each, and the
/// [`CausalContext`]; nothing is kept of what was removed, beyond the gaps it may leave in the
/// digest.
///
/// # Examples
///
/// ```
/// use crdt_core::{Delta, DotMap, Merge, ReplicaId};
///
/// let (eu, us) = (ReplicaId::from_u128(1), ReplicaId::from_u128(2));
/// let mut here = DotMap::<String, u64>::new();
/// let added = here.write(eu, "apples".into(), 3);
///
/// let mut there = added.clone(); // a delta is a state
/// there.write(us, "apples".into(), 5);
/// let removed = here.remove("apples");
///
/// there.merge(removed); // removes what `eu` had seen, not the concurrent write
/// assert_eq!(there.values("apples").map(|entry| *entry.value()).collect::<Vec<_>>(), [5]);
///
/// here.merge(there.delta_since(&here.digest()));
/// assert_eq!(here, there);
/// ```
#[derive(Clone)]
pub struct DotMap<K, V> {
    /// Every dot seen.
    context: CausalContext,
    /// The live ones, each with the slot of its entry.
    columns: Columns,
    /// The entries by slot, and an index from key to slots.
    entries: Entries<K, V>,
}

impl<K, V> Default for DotMap<K, V> {
    fn default() -> Self {
        Self {
            context: CausalContext::default(),
            columns: Columns::default(),
            entries: Entries::default(),
        }
    }
}

impl<K, V> DotMap<K, V> {
    /// The empty map, which has seen nothing. Allocates nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether no entry is live. A map whose entries were all removed is empty and yet not bottom:
    /// it knows of the removals.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Every dot that this map has seen.
    pub fn context(&self) -> &CausalContext {
        &self.context
    }

    /// The live entries in the order of their dots. Equal maps iterate alike.
    pub fn entries(&self) -> Iter<'_, K, V> {
        Iter::new(self)
    }

    /// The live entries, by value, in the order of their dots.
    pub fn into_entries(mut self) -> impl Iterator<Item = Entry<K, V>> {
        let slots: Vec<u32> = self.columns.slots().collect();
        slots.into_iter().map(move |slot| self.entries.take(slot))
    }

    /// The entry of this dot, if it is live.
    pub fn entry(&self, dot: Dot) -> Option<&Entry<K, V>> {
        self.columns.get(dot).map(|slot| self.entries.get(slot))
    }
}

impl<K: Hash + Eq, V> DotMap<K, V> {
    /// How many keys have a live entry.
    pub fn len(&self) -> usize {
        self.entries.key_count()
    }

    /// The keys that have a live entry, each once, in the order of their first dots. Equal maps
    /// iterate alike.
    pub fn keys(&self) -> Keys<'_, K, V> {
        Keys::new(self)
    }

    /// Of every key that has live entries the first, in the order of dots.
    pub fn firsts(&self) -> impl Iterator<Item = &Entry<K, V>> {
        iter::Firsts::new(self)
    }

    /// Whether the key has a live entry.
    pub fn contains_key<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.entries.of(key).next().is_some()
    }

    /// The live entries of a key in the order of their dots: several when replicas wrote it
    /// concurrently.
    pub fn values<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> impl Iterator<Item = &Entry<K, V>>
    where
        K: Borrow<Q>,
    {
        let mut found: SmallVec<[&Entry<K, V>; 2]> = self.entries.of(key).collect();
        found.sort_unstable_by_key(|entry| entry.dot());
        found.into_iter()
    }
}

/// Equal states: the same dots seen, the same entries live.
impl<K: PartialEq, V: PartialEq> PartialEq for DotMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.context == other.context && self.entries().eq(other.entries())
    }
}

impl<K: Eq, V: Eq> Eq for DotMap<K, V> {}
