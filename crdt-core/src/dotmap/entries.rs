//! Entries by slot, and which ones a key has.
//!
//! A few entries are searched one by one: a delta, which is a map of its own, has no index and
//! computes no hash. With more there is an [`Index`] to one entry of each key, and the entries of a
//! key form a chain.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::borrow::Borrow;
use core::hash::Hash;

use slab::Slab;

use super::index::Index;
use crate::Dot;

/// Up to this many slots are searched one by one.
const SEARCHED: usize = 8;

/// The end of a chain.
const NONE: u32 = u32::MAX;

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

/// An entry, chained to the others of its key once there is an index.
#[derive(Clone)]
struct Slot<K, V> {
    entry: Entry<K, V>,
    next: u32,
    before: u32,
}

#[derive(Clone)]
pub(super) struct Entries<K, V> {
    slots: Slab<Slot<K, V>>,
    /// Made when there are more than [`SEARCHED`] slots, and kept.
    index: Option<Box<Index>>,
}

impl<K, V> Default for Entries<K, V> {
    fn default() -> Self {
        Self { slots: Slab::new(), index: None }
    }
}

impl<K, V> Entries<K, V> {
    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// The entry in a slot that a column names.
    pub(super) fn get(&self, slot: u32) -> &Entry<K, V> {
        &self.slots[slot as usize].entry
    }

    /// The keys, in no particular order.
    pub(super) fn keys_mut(&mut self) -> impl Iterator<Item = &mut K> {
        self.slots.iter_mut().map(|(_, slot)| &mut slot.entry.key)
    }

    /// Takes an entry out without regard to the index: for maps that are being consumed.
    pub(super) fn take(&mut self, slot: u32) -> Entry<K, V> {
        self.slots.remove(slot as usize).entry
    }
}

impl<K: Hash + Eq, V> Entries<K, V> {
    /// How many keys there are.
    pub(super) fn key_count(&self) -> usize {
        if let Some(index) = &self.index {
            return index.len();
        }
        let is_head = |(place, slot): &(usize, &Slot<K, V>)| {
            self.head(&slot.entry.key).is_some_and(|head| head as usize == *place)
        };
        self.slots.iter().filter(is_head).count()
    }

    /// Whether every key is known to have one entry only.
    pub(super) fn are_single(&self) -> bool {
        self.index.as_ref().is_some_and(|index| index.len() == self.slots.len())
    }

    /// Whether most slots are vacant, so that it is time to [compact](Entries::compact).
    pub(super) fn are_sparse(&self) -> bool {
        let capacity = self.slots.capacity();
        capacity > 64 && self.slots.len() < capacity / 4
    }

    /// Moves the entries of these slots, in their order, to slots without gaps, and renames them.
    pub(super) fn compact<'a>(&mut self, renamed: impl Iterator<Item = &'a mut u32>) {
        let mut old = core::mem::take(self);
        self.reserve(old.len());
        for slot in renamed {
            *slot = self.insert(old.take(*slot));
        }
    }

    /// The slots of a key, in no particular order.
    pub(super) fn slots_of<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> impl Iterator<Item = u32>
    where
        K: Borrow<Q>,
    {
        core::iter::successors(self.head(key), |slot| self.after(*slot))
    }

    /// The entries of a key, in no particular order.
    pub(super) fn of<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> impl Iterator<Item = &Entry<K, V>>
    where
        K: Borrow<Q>,
    {
        self.slots_of(key).map(|slot| self.get(slot))
    }

    /// A bit for every slot.
    pub(super) fn marks(&self) -> Marks {
        Marks(alloc::vec![0; self.slots.capacity().div_ceil(64)])
    }

    pub(super) fn reserve(&mut self, more: usize) {
        self.slots.reserve(more);
        let all = self.slots.len() + more;
        match &mut self.index {
            Some(index) => index.reserve(more),
            None if all > SEARCHED => self.make_index(all),
            None => {}
        }
    }

    /// Adds an entry and returns its slot.
    ///
    /// # Panics
    ///
    /// With 2^32 entries, which take more memory than there is.
    pub(super) fn insert(&mut self, entry: Entry<K, V>) -> u32 {
        let slot = to_slot(self.slots.insert(Slot { entry, next: NONE, before: NONE }));
        if self.index.is_some() {
            self.link(slot);
        } else if self.slots.len() > SEARCHED {
            self.make_index(2 * SEARCHED);
        }
        slot
    }

    /// Takes out the entry of a slot that a column names.
    pub(super) fn remove(&mut self, slot: u32) -> Entry<K, V> {
        self.unlink(slot);
        self.take(slot)
    }

    /// Another slot of the same key, given the one that [`head`](Self::head) finds or that was put in
    /// last. Constant where there is an index.
    pub(super) fn beside(&self, slot: u32) -> Option<u32> {
        let Slot { entry, next, .. } = &self.slots[slot as usize];
        if self.index.is_some() {
            return Some(*next).filter(|next| *next != NONE);
        }
        let mut others = self.slots.iter().filter(|(other, _)| *other != slot as usize);
        let other = others.find(|(_, other)| other.entry.key == entry.key);
        other.map(|(other, _)| to_slot(other))
    }

    fn make_index(&mut self, capacity: usize) {
        self.index = Some(Box::new(Index::with_capacity(capacity)));
        let slots: smallvec::SmallVec<[u32; SEARCHED + 1]> =
            self.slots.iter().map(|(slot, _)| to_slot(slot)).collect();
        for slot in slots {
            self.link(slot);
        }
    }

    /// Puts a slot at the head of the chain of its key.
    fn link(&mut self, slot: u32) {
        let Self { slots, index: Some(index) } = self else { return };
        let key = &slots[slot as usize].entry.key;
        let next = index.replace(key, slot, |other| slots[other as usize].entry.key == *key);
        if let Some(next) = next {
            slots[next as usize].before = slot;
            slots[slot as usize].next = next;
        }
    }

    /// Takes a slot out of the chain of its key, and the key out of the index with its last slot.
    fn unlink(&mut self, slot: u32) {
        let Self { slots, index: Some(index) } = self else { return };
        let Slot { entry, next, before } = &slots[slot as usize];
        let (next, before) = (*next, *before);
        match (before, next) {
            (NONE, NONE) => index.remove(&entry.key, slot),
            (NONE, next) => drop(index.replace(&entry.key, next, |other| other == slot)),
            (before, next) => slots[before as usize].next = next,
        }
        if next != NONE {
            slots[next as usize].before = before;
        }
    }

    /// Some slot of a key.
    pub(super) fn head<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<u32>
    where
        K: Borrow<Q>,
    {
        let is_its = |slot: u32| self.get(slot).key.borrow() == key;
        match &self.index {
            Some(index) => index.find(key, is_its),
            None => self.slots.iter().map(|(slot, _)| to_slot(slot)).find(|slot| is_its(*slot)),
        }
    }

    /// The next slot of the same key.
    fn after(&self, slot: u32) -> Option<u32> {
        let Slot { entry, next, .. } = &self.slots[slot as usize];
        if self.index.is_some() {
            return Some(*next).filter(|next| *next != NONE);
        }
        let further = self.slots.iter().filter(|(other, _)| *other > slot as usize);
        let mut same = further.filter(|(_, other)| other.entry.key == entry.key);
        same.next().map(|(slot, _)| to_slot(slot))
    }
}

/// Slots that have been seen to.
#[derive(Clone)]
pub(super) struct Marks(Vec<u64>);

impl Marks {
    /// Marks a slot; tells whether it was marked before.
    pub(super) fn mark(&mut self, slot: u32) -> bool {
        let (word, bit) = (slot as usize / 64, 1 << (slot % 64));
        let Some(word) = self.0.get_mut(word) else { return false };
        let marked = *word & bit != 0;
        *word |= bit;
        marked
    }
}

fn to_slot(slot: usize) -> u32 {
    u32::try_from(slot).ok().filter(|slot| *slot != NONE).expect("fewer than 2^32 entries")
}
