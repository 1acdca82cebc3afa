//! Iteration in the order of dots: by replica, then by counter.

use core::fmt;
use core::hash::Hash;
use core::iter::FusedIterator;

use super::columns::Slots;
use super::{DotMap, Entry};

/// The live entries of a [`DotMap`] in the order of their dots.
pub struct Iter<'a, K, V> {
    map: &'a DotMap<K, V>,
    slots: Slots<'a>,
    left: usize,
}

impl<'a, K, V> Iter<'a, K, V> {
    pub(super) fn new(map: &'a DotMap<K, V>) -> Self {
        Self { map, slots: map.columns.slots(), left: map.entries.len() }
    }
}

impl<'a, K, V> Iterator for Iter<'a, K, V> {
    type Item = &'a Entry<K, V>;

    fn next(&mut self) -> Option<Self::Item> {
        let slot = self.slots.next()?;
        self.left -= 1;
        Some(self.map.entries.get(slot))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<K, V> ExactSizeIterator for Iter<'_, K, V> {}
impl<K, V> FusedIterator for Iter<'_, K, V> {}

impl<K, V> Clone for Iter<'_, K, V> {
    fn clone(&self) -> Self {
        Self { map: self.map, slots: self.slots.clone(), left: self.left }
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Iter<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// The keys of a [`DotMap`] that have live entries, each once, in the order of their first dots.
pub struct Keys<'a, K, V> {
    entries: Iter<'a, K, V>,
    left: usize,
}

impl<'a, K: Hash + Eq, V> Keys<'a, K, V> {
    pub(super) fn new(map: &'a DotMap<K, V>) -> Self {
        Self { entries: map.entries(), left: map.entries.key_count() }
    }
}

impl<'a, K: Hash + Eq, V> Iterator for Keys<'a, K, V> {
    type Item = &'a K;

    fn next(&mut self) -> Option<Self::Item> {
        let map = self.entries.map;
        let entry = self.entries.find(|entry| map.entries.is_first(entry))?;
        self.left -= 1;
        Some(entry.key())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<K: Hash + Eq, V> ExactSizeIterator for Keys<'_, K, V> {}
impl<K: Hash + Eq, V> FusedIterator for Keys<'_, K, V> {}

impl<K, V> Clone for Keys<'_, K, V> {
    fn clone(&self) -> Self {
        Self { entries: self.entries.clone(), left: self.left }
    }
}

impl<K: Hash + Eq + fmt::Debug, V> fmt::Debug for Keys<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}
