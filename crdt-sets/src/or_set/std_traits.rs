//! What a collection of the standard library has.

use alloc::vec::{self, Vec};
use core::fmt;
use core::hash::Hash;
use core::iter::FusedIterator;

use crdt_core::{Dot, Entry, Keys};

use super::OrSet;

/// The elements of an [`OrSet`], by reference, in the order of their additions.
pub struct Iter<'a, T>(pub(super) Keys<'a, T, ()>);

impl<'a, T: Hash + Eq> Iterator for Iter<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T: Hash + Eq> ExactSizeIterator for Iter<'_, T> {}
impl<T: Hash + Eq> FusedIterator for Iter<'_, T> {}

impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Hash + Eq + fmt::Debug> fmt::Debug for Iter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'a, T: Hash + Eq> IntoIterator for &'a OrSet<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

/// The elements, by value, in the order of their additions.
impl<T: Hash + Eq> IntoIterator for OrSet<T> {
    type Item = T;
    type IntoIter = vec::IntoIter<T>;

    fn into_iter(self) -> vec::IntoIter<T> {
        // Of several additions of an element the first is the one that counts.
        let firsts: Vec<Dot> = self.elements.firsts().map(Entry::dot).collect();
        let mut firsts = firsts.into_iter().peekable();
        let entries = self.elements.into_entries();
        let first = entries.filter(|entry| firsts.next_if_eq(&entry.dot()).is_some());
        first.map(|entry| entry.into_parts().1).collect::<Vec<T>>().into_iter()
    }
}

/// Equal states. Two sets with the same elements differ when they have seen different additions.
impl<T: PartialEq> PartialEq for OrSet<T> {
    fn eq(&self, other: &Self) -> bool {
        self.elements == other.elements
    }
}

impl<T: Eq> Eq for OrSet<T> {}

/// The elements: `{"apple", "pear"}`. The alternate form, `{:#?}`, tells the causal state as well.
impl<T: Hash + Eq + fmt::Debug> fmt::Debug for OrSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            let elements = self.elements.entries().map(|entry| (entry.key(), entry.dot()));
            f.write_str("OrSet ")?;
            f.debug_map().entries(elements).finish()?;
            write!(f, " seen {:?}", self.elements.context())
        } else {
            f.debug_set().entries(self).finish()
        }
    }
}
