//! The observed-remove set.
//!
//! | file | what it answers |
//! |---|---|
//! | `write` | the delta-mutators |
//! | `lattice` | merge, delta, observe, admit, bytes: all the engine's |
//! | `std_traits` | `Debug`, iteration |
//! | `serde` | interchange for people |
//! | `arbitrary` | reachable states for property tests |

#[cfg(feature = "quickcheck")]
mod arbitrary;
mod lattice;
#[cfg(feature = "serde")]
mod serde;
mod std_traits;
mod write;

use core::borrow::Borrow;
use core::hash::Hash;

use crdt_core::{CausalContext, DotMap};

pub use std_traits::Iter;

/// A set to which every replica adds and from which every replica removes: *add wins*.
///
/// The observed-remove set, without tombstones (Bieniusa et al. 2012, section 3; as a delta CRDT
/// Almeida, Shoker, Baquero 2018, on causal CRDTs): a removal removes the additions that its replica
/// has seen. An addition that runs concurrently survives it. An element added anew after a removal
/// is simply there again.
///
/// Use it for carts, tags, members, anything that comes and goes. Where nothing is ever removed,
/// [`GSet`](crate::GSet) needs no replica ids and remembers nothing but its elements.
///
/// # Cost
///
/// With n elements: lookups O(1); adding and removing O(log n), each returning a delta of the size
/// of the change; merging a delta costs O(log n) for each change it holds, merging two full states
/// one pass over both. Memory grows with the elements that are there, and with the number of
/// replica ids that ever wrote; what was removed leaves nothing behind. The
/// [`digest`](crdt_core::Delta::digest) grows with the number of gaps that removals left between
/// the additions of one replica; it is a [`DotMapDigest`](crdt_core::DotMapDigest).
///
/// # Examples
///
/// ```
/// use crdt_sets::{Merge, OrSet, ReplicaId};
///
/// let (eu, us) = (ReplicaId::from_u128(1), ReplicaId::from_u128(2));
/// let mut cart_eu = OrSet::<String>::new();
/// let mut cart_us = OrSet::new();
///
/// let delta = cart_eu.add(eu, "apple".into());
/// cart_us.merge(delta); // or all of it: cart_us.merge_ref(&cart_eu)
///
/// // At the same time, us removes the apple and eu adds one.
/// let removal = cart_us.remove("apple");
/// let addition = cart_eu.add(eu, "apple".into());
/// cart_us.merge(addition);
/// cart_eu.merge(removal);
///
/// assert!(cart_eu.contains("apple") && cart_us.contains("apple"), "add wins");
/// assert_eq!(cart_eu, cart_us);
/// ```
#[derive(Clone)]
pub struct OrSet<T> {
    pub(crate) elements: DotMap<T, ()>,
}

impl<T> Default for OrSet<T> {
    fn default() -> Self {
        Self { elements: DotMap::default() }
    }
}

impl<T> OrSet<T> {
    /// The empty set, which has seen nothing. Allocates nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether there is no element. A set from which all elements were removed is empty and yet
    /// not bottom: it knows of the removals.
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// Every addition that this set has seen, by its dot.
    pub fn context(&self) -> &CausalContext {
        self.elements.context()
    }
}

impl<T: Hash + Eq> OrSet<T> {
    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    /// Whether the element is there. Cost: O(1).
    pub fn contains<Q: Hash + Eq + ?Sized>(&self, element: &Q) -> bool
    where
        T: Borrow<Q>,
    {
        self.elements.contains_key(element)
    }

    /// The elements, by reference, in the order of their additions: by replica, then by count.
    /// Equal sets iterate alike.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter(self.elements.keys())
    }
}
