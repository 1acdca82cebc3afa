//! Iteration in the order of dots: by replica, then by counter.

use core::fmt;
use core::hash::Hash;
use core::iter::FusedIterator;

use super::columns::Slots;
use super::entries::Marks;
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
    firsts: Firsts<'a, K, V>,
    left: usize,
}

impl<'a, K: Hash + Eq, V> Keys<'a, K, V> {
    pub(super) fn new(map: &'a DotMap<K, V>) -> Self {
        Self { firsts: Firsts::new(map), left: map.entries.key_count() }
    }
}

impl<'a, K: Hash + Eq, V> Iterator for Keys<'a, K, V> {
    type Item = &'a K;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.firsts.next()?;
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
        Self { firsts: self.firsts.clone(), left: self.left }
    }
}

impl<K: Hash + Eq + fmt::Debug, V> fmt::Debug for Keys<'_, K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

/// Of every key the first entry. Where keys have several, those that come after it are marked when
/// it is met, so that each entry is looked at twice at most.
pub(super) struct Firsts<'a, K, V> {
    map: &'a DotMap<K, V>,
    slots: Slots<'a>,
    /// `None` where every key has one entry only.
    later: Option<Marks>,
}

impl<'a, K: Hash + Eq, V> Firsts<'a, K, V> {
    pub(super) fn new(map: &'a DotMap<K, V>) -> Self {
        let later = if map.entries.are_single() { None } else { Some(map.entries.marks()) };
        Self { map, slots: map.columns.slots(), later }
    }
}

impl<'a, K: Hash + Eq, V> Iterator for Firsts<'a, K, V> {
    type Item = &'a Entry<K, V>;

    fn next(&mut self) -> Option<Self::Item> {
        let entries = &self.map.entries;
        let later = &mut self.later;
        let mut is_later = |slot| later.as_mut().is_some_and(|later| later.mark(slot));
        let slot = self.slots.find(|slot| !is_later(*slot))?;
        let entry = entries.get(slot);
        if let Some(later) = &mut self.later {
            for other in entries.slots_of(&entry.key) {
                later.mark(other);
            }
        }
        Some(entry)
    }
}

impl<K, V> Clone for Firsts<'_, K, V> {
    fn clone(&self) -> Self {
        Self { map: self.map, slots: self.slots.clone(), later: self.later.clone() }
    }
}
