//! From the hash of a key to the slot of one of its entries.

use core::hash::Hash;

use hashbrown::HashTable;

use crate::seed;

/// A table of slots. It holds no keys, only 32 bits of their hashes, so it can grow without
/// looking at an entry.
#[derive(Clone)]
pub(super) struct Index {
    table: HashTable<Place>,
    hasher: ahash::RandomState,
}

#[derive(Clone, Copy)]
struct Place {
    hash: u32,
    slot: u32,
}

impl Place {
    /// The hash that the table sees: it takes its bits from both ends.
    const fn spread(hash: u32) -> u64 {
        (hash as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }
}

impl Index {
    pub(super) fn with_capacity(capacity: usize) -> Self {
        Self { table: HashTable::with_capacity(capacity), hasher: seed::hasher() }
    }

    pub(super) fn reserve(&mut self, more: usize) {
        self.table.reserve(more, |place| Place::spread(place.hash));
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    /// The slot of a key; `is_its` tells whether a slot holds it.
    pub(super) fn find<Q: Hash + ?Sized>(
        &self,
        key: &Q,
        is_its: impl Fn(u32) -> bool,
    ) -> Option<u32> {
        let hash = self.hash(key);
        let found =
            self.table.find(Place::spread(hash), |place| place.hash == hash && is_its(place.slot));
        found.map(|place| place.slot)
    }

    /// Puts a slot in for a key; returns the one that it takes the place of.
    pub(super) fn replace<Q: Hash + ?Sized>(
        &mut self,
        key: &Q,
        slot: u32,
        is_its: impl Fn(u32) -> bool,
    ) -> Option<u32> {
        let hash = self.hash(key);
        let entry = self.table.entry(
            Place::spread(hash),
            |place| place.hash == hash && is_its(place.slot),
            |place| Place::spread(place.hash),
        );
        match entry {
            hashbrown::hash_table::Entry::Occupied(mut occupied) => {
                Some(core::mem::replace(&mut occupied.get_mut().slot, slot))
            }
            hashbrown::hash_table::Entry::Vacant(vacant) => {
                vacant.insert(Place { hash, slot });
                None
            }
        }
    }

    /// Takes out a key that has this slot in the table.
    pub(super) fn remove<Q: Hash + ?Sized>(&mut self, key: &Q, slot: u32) {
        let hash = self.hash(key);
        let found = self.table.find_entry(Place::spread(hash), |place| place.slot == slot);
        if let Ok(occupied) = found {
            occupied.remove();
        }
    }

    fn hash<Q: Hash + ?Sized>(&self, key: &Q) -> u32 {
        (self.hasher.hash_one(key) >> 32) as u32
    }
}
