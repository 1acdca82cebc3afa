//! The delta-mutators. Each changes the map and returns the change: the dots it minted and those it
//! killed, and nothing else (Almeida, Shoker, Baquero 2018, on causal CRDTs).

use alloc::vec::Vec;
use core::borrow::Borrow;
use core::hash::Hash;

use smallvec::SmallVec;

use super::{DotMap, Entry, Key, Value};
use crate::{CausalContext, Dot, Dotted, ReplicaId};

impl<K: Key, V: Value> DotMap<K, V> {
    /// Writes a value to a key: mints the next dot of `me` and supersedes the entries of the key
    /// that this map has seen. Returns the delta.
    ///
    /// Changes nothing and returns bottom when the counters of `me` are used up: see
    /// [`CausalContext::next`](crate::CausalContext::next).
    ///
    /// Cost: O(log n), and the entries superseded. Grows the map by one entry, or not at all when
    /// it supersedes one.
    pub fn write(&mut self, me: ReplicaId, key: K, value: V) -> Self {
        self.write_all(me, [(key, value)])
    }

    /// Writes many values in one delta. Of values written to one key the last stays.
    ///
    /// Cost: that of the single writes.
    pub fn write_all(&mut self, me: ReplicaId, writes: impl IntoIterator<Item = (K, V)>) -> Self {
        let dots = self.write_dots(me, writes);
        self.restrict(&dots)
    }

    /// As [`write_all`](DotMap::write_all), and returns the dots of the change, minted and killed:
    /// the map [restricted](Dotted::restrict) to them is the delta. For who needs no more than
    /// [the bytes](Dotted::encode_restricted) of that, which are written without making it.
    pub fn write_dots(
        &mut self,
        me: ReplicaId,
        writes: impl IntoIterator<Item = (K, V)>,
    ) -> CausalContext {
        let before = self.context.max(me);
        let mut killed = SmallVec::<[Dot; 4]>::new();
        self.write_each(me, writes, |entry| killed.push(entry.dot));
        let mut dots: CausalContext =
            if killed.is_empty() { CausalContext::new() } else { killed.into_iter().collect() };
        dots.insert_run(me, before + 1..=self.context.max(me));
        dots
    }

    /// Writes many values, and hands over the entries that they supersede. Returns how many were
    /// written: all, unless the counters of `me` are used up.
    ///
    /// Cost: as [`write_all`](DotMap::write_all), less the delta.
    pub fn write_each(
        &mut self,
        me: ReplicaId,
        writes: impl IntoIterator<Item = (K, V)>,
        mut superseded: impl FnMut(Entry<K, V>),
    ) -> usize {
        let writes = writes.into_iter();
        match writes.size_hint().0 {
            0 | 1 => {}
            several => self.entries.reserve(several),
        }
        let mut written = 0;
        for (key, value) in writes {
            let Some(dot) = self.context.mint(me) else { break };
            let slot = self.bring(Entry::new(dot, key, value));
            while let Some(other) = self.entries.beside(slot) {
                superseded(self.bury_slot(other));
            }
            written += 1;
        }
        self.tidy();
        written
    }

    /// Removes the entries of a key that this map has seen; a concurrent write elsewhere survives.
    /// Returns the delta, bottom if there were none.
    ///
    /// Cost: O(log n) for each entry. Shrinks the map.
    pub fn remove<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Self
    where
        K: Borrow<Q>,
    {
        self.remove_all([key])
    }

    /// Removes the entries of many keys in one delta.
    pub fn remove_all<'a, Q: Hash + Eq + ?Sized + 'a>(
        &mut self,
        keys: impl IntoIterator<Item = &'a Q>,
    ) -> Self
    where
        K: Borrow<Q>,
    {
        let mut killed = SmallVec::<[Dot; 4]>::new();
        for key in keys {
            self.bury_key(key, &mut |entry| killed.push(entry.dot));
        }
        self.tidy();
        Self::dead(killed.into_iter().collect())
    }

    /// Removes the entries of a key that this map has seen, and hands them over.
    ///
    /// Cost: as [`remove`](DotMap::remove), less the delta.
    pub fn remove_each<Q: Hash + Eq + ?Sized>(
        &mut self,
        key: &Q,
        mut removed: impl FnMut(Entry<K, V>),
    ) where
        K: Borrow<Q>,
    {
        self.bury_key(key, &mut removed);
        self.tidy();
    }

    /// As [`remove_each`](DotMap::remove_each), but for what is left vacant: after the last key,
    /// [`tidy`](Self::tidy).
    fn bury_key<Q: Hash + Eq + ?Sized>(&mut self, key: &Q, removed: &mut impl FnMut(Entry<K, V>))
    where
        K: Borrow<Q>,
    {
        let Some(slot) = self.entries.head(key) else { return };
        while let Some(other) = self.entries.beside(slot) {
            removed(self.bury_slot(other));
        }
        removed(self.bury_slot(slot));
    }

    /// Removes every entry for which `keep` says no, in the order of dots, in one delta.
    ///
    /// Cost: one pass, and O(log n) for each entry removed.
    pub fn retain(&mut self, mut keep: impl FnMut(&Entry<K, V>) -> bool) -> Self {
        let leaving = self.entries().filter(|entry| !keep(entry)).map(Entry::dot);
        let leaving: Vec<Dot> = leaving.collect();
        for dot in &leaving {
            self.bury(*dot);
        }
        self.tidy();
        Self::dead(leaving.into_iter().collect())
    }

    /// Removes every entry that this map has seen, in one delta.
    pub fn clear(&mut self) -> Self {
        let delta = Self { context: self.columns.to_context(), ..Self::new() };
        self.columns = super::Columns::default();
        self.entries = super::Entries::default();
        delta
    }

    /// Lets `share` put an equal key in place of each, one that shares its memory with others: for
    /// keys that hold text which many have in common. Keys that are not equal would not be found.
    pub fn share_keys(&mut self, share: impl FnMut(&mut K)) {
        self.entries.keys_mut().for_each(share);
    }

    /// Makes an entry live again that a mutator of this map has killed; tells whether it was dead. A
    /// dot that was never seen stays unknown.
    ///
    /// For types whose mutators are taken back when a later one fails. Not a step of the lattice: a
    /// peer that has learned of the kill brings it back.
    pub fn put_back(&mut self, entry: Entry<K, V>) -> bool {
        let is_dead = self.context.contains(entry.dot) && self.columns.get(entry.dot).is_none();
        if is_dead {
            self.bring(entry);
        }
        is_dead
    }
}

impl<K: Hash + Eq, V> DotMap<K, V> {
    /// Makes an entry live; returns its slot. Its dot is in the context, or will be when the caller is
    /// done.
    pub(super) fn bring(&mut self, entry: Entry<K, V>) -> u32 {
        let dot = entry.dot;
        let slot = self.entries.insert(entry);
        self.columns.insert(dot, slot);
        slot
    }

    /// Makes a dot dead, if it is live; returns its entry. After the last one, [`tidy`](Self::tidy).
    pub(super) fn bury(&mut self, dot: Dot) -> Option<Entry<K, V>> {
        let slot = self.columns.remove(dot)?;
        Some(self.entries.remove(slot))
    }

    /// Makes the entry of a slot dead; returns it. After the last one, [`tidy`](Self::tidy).
    fn bury_slot(&mut self, slot: u32) -> Entry<K, V> {
        self.columns.remove(self.entries.get(slot).dot);
        self.entries.remove(slot)
    }

    /// Gives back what buried entries left vacant: to be called after the last of them.
    pub(super) fn tidy(&mut self) {
        self.columns.sweep();
        if self.entries.are_sparse() {
            self.entries.compact(self.columns.slots_mut());
        }
    }
}
