//! Entries by slot, and an index from key to slots.

use core::borrow::Borrow;
use core::hash::Hash;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry as Found;
use slab::Slab;

use crate::{Dot, seed};

/// One live value: what was written, where, and the dot that names the write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<K, V> {
    pub(super) dot: Dot,
    pub(super) key: K,
    pub(super) value: V,
}

impl<K, V> Entry<K, V> {
    /// The entry that a write named `dot` made.
    pub const fn new(dot: Dot, key: K, value: V) -> Self {
        Self { dot, key, value }
    }

    /// Which write this is.
    pub const fn dot(&self) -> Dot {
        self.dot
    }

    /// The key written to.
    pub const fn key(&self) -> &K {
        &self.key
    }

    /// The value written.
    pub const fn value(&self) -> &V {
        &self.value
    }

    /// The parts.
    pub fn into_parts(self) -> (Dot, K, V) {
        (self.dot, self.key, self.value)
    }
}

/// An entry, chained to the others of its key.
#[derive(Clone)]
struct Slot<K, V> {
    entry: Entry<K, V>,
    next: Option<usize>,
}

#[derive(Clone)]
pub(super) struct Entries<K, V> {
    slots: Slab<Slot<K, V>>,
    /// For every key the slot of one of its entries. The key itself is in the slot only.
    index: HashTable<usize>,
    hasher: ahash::RandomState,
}

impl<K, V> Default for Entries<K, V> {
    fn default() -> Self {
        Self { slots: Slab::new(), index: HashTable::new(), hasher: seed::hasher() }
    }
}

impl<K, V> Entries<K, V> {
    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    pub(super) fn key_count(&self) -> usize {
        self.index.len()
    }

    pub(super) fn entry_count(&self) -> usize {
        self.slots.len()
    }

    /// Whether every key has one entry only.
    pub(super) fn is_alone(&self) -> bool {
        self.slots.len() == self.index.len()
    }

    /// The entry in a slot that a column names.
    pub(super) fn get(&self, slot: usize) -> &Entry<K, V> {
        &self.slots[slot].entry
    }

    /// Takes an entry out without regard to the index: for maps that are being consumed.
    pub(super) fn take(&mut self, slot: usize) -> Entry<K, V> {
        self.slots.remove(slot).entry
    }

    fn chain(&self, head: Option<usize>) -> impl Iterator<Item = (usize, &Slot<K, V>)> {
        let place = |slot: usize| (slot, &self.slots[slot]);
        core::iter::successors(head.map(place), move |(_, slot)| slot.next.map(place))
    }
}

impl<K: Hash + Eq, V> Entries<K, V> {
    /// The entries of a key, in no particular order.
    pub(super) fn of<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> impl Iterator<Item = &Entry<K, V>>
    where
        K: Borrow<Q>,
    {
        self.chain(self.head(key)).map(|(_, slot)| &slot.entry)
    }

    /// The dot of any one entry of a key.
    pub(super) fn any_dot<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<Dot>
    where
        K: Borrow<Q>,
    {
        self.head(key).map(|slot| self.get(slot).dot)
    }

    pub(super) fn reserve(&mut self, more: usize) {
        let Self { slots, index, hasher } = self;
        slots.reserve(more);
        index.reserve(more, |slot| hasher.hash_one(&slots[*slot].entry.key));
    }

    /// Adds an entry and returns its slot.
    pub(super) fn insert(&mut self, entry: Entry<K, V>) -> usize {
        let Self { slots, index, hasher } = self;
        let found = index.entry(
            hasher.hash_one(&entry.key),
            |slot| slots[*slot].entry.key == entry.key,
            |slot| hasher.hash_one(&slots[*slot].entry.key),
        );
        match found {
            Found::Occupied(mut head) => {
                let next = Some(*head.get());
                let slot = slots.insert(Slot { entry, next });
                *head.get_mut() = slot;
                slot
            }
            Found::Vacant(vacant) => {
                let slot = slots.insert(Slot { entry, next: None });
                vacant.insert(slot);
                slot
            }
        }
    }

    /// Takes out the entry of a slot that a column names.
    pub(super) fn remove(&mut self, slot: usize) -> Entry<K, V> {
        self.unlink(slot);
        self.slots.remove(slot).entry
    }

    /// Takes a slot out of the chain of its key, and the key out of the index with its last slot.
    fn unlink(&mut self, slot: usize) {
        let Self { slots, index, hasher } = self;
        let Slot { entry, next } = &slots[slot];
        let next = *next;
        let found = index
            .find_entry(hasher.hash_one(&entry.key), |head| slots[*head].entry.key == entry.key);
        let Ok(mut head) = found else { return };
        if *head.get() == slot {
            match next {
                Some(next) => *head.get_mut() = next,
                None => drop(head.remove()),
            }
            return;
        }
        let first = *head.get();
        let before = self.chain(Some(first)).find(|(_, other)| other.next == Some(slot));
        if let Some(before) = before.map(|(place, _)| place) {
            self.slots[before].next = next;
        }
    }

    fn head<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<usize>
    where
        K: Borrow<Q>,
    {
        let is_of_key = |slot: &usize| self.slots[*slot].entry.key.borrow() == key;
        self.index.find(self.hasher.hash_one(key), is_of_key).copied()
    }
}
