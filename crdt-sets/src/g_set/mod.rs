//! The grow-only set: `G-Set` of Shapiro, Preguiça, Baquero and Zawirski 2011, section 3.3.1, as
//! delta-state (Almeida, Shoker, Baquero 2018).

#[cfg(feature = "quickcheck")]
mod arbitrary;
mod collection;
mod delta;
mod digest;
mod merge;
#[cfg(feature = "serde")]
mod serde;
mod wire;

use core::borrow::Borrow;

use alloc::collections::BTreeSet;
use alloc::collections::btree_set;

pub use digest::GSetDigest;

/// A set to which elements are added and from which none is removed: tags, users seen, keys that
/// were revoked.
///
/// The join is the union. An element is there once any replica has added it; where elements must go
/// again, use an OR-Set. Elements are held and iterated in ascending order.
///
/// Adding costs O(log n), and its delta is the element. Size: that of the elements in a
/// `BTreeSet`, with nothing beside them; the set grows with what is added and never shrinks. Its
/// digest takes 16 bytes an element, see [`GSetDigest`].
///
/// What `Ord` takes for equal must be equal: it must be written as the same bytes.
///
/// With the feature `serde` it is a list: `["billing", "urgent"]`.
///
/// # Examples
///
/// ```
/// use crdt_sets::{GSet, Merge};
///
/// let mut tags = GSet::new();
/// tags.add("urgent".to_string());
///
/// let mut elsewhere = GSet::new();
/// let delta = elsewhere.add("billing".to_string());
///
/// tags.merge(delta);
/// assert!(tags.contains("billing"));
/// assert!(tags.iter().eq(["billing", "urgent"]));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct GSet<T> {
    elements: BTreeSet<T>,
}

impl<T> GSet<T> {
    /// The empty set.
    pub const fn new() -> Self {
        Self { elements: BTreeSet::new() }
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// The elements in ascending order.
    pub fn iter(&self) -> btree_set::Iter<'_, T> {
        self.elements.iter()
    }
}

impl<T: Ord> GSet<T> {
    /// Whether `element` has been added. Cost: O(log n).
    pub fn contains<Q>(&self, element: &Q) -> bool
    where
        T: Borrow<Q>,
        Q: Ord + ?Sized,
    {
        self.elements.contains(element)
    }
}

impl<T: Ord + Clone> GSet<T> {
    /// Adds an element; returns the change, bottom if it was there already. Cost: O(log n).
    pub fn add(&mut self, element: T) -> Self {
        self.add_all([element])
    }

    /// Adds many elements; returns the change as one delta, which holds those that were not there.
    pub fn add_all<I: IntoIterator<Item = T>>(&mut self, elements: I) -> Self {
        let mut delta = Self::new();
        for element in elements {
            if !self.elements.contains(&element) {
                self.elements.insert(element.clone());
                delta.elements.insert(element);
            }
        }
        delta
    }
}
