//! The delta-mutators. Each changes the map and returns the change: the dots it minted and those it
//! killed, and nothing else (Almeida, Shoker, Baquero 2018, on causal CRDTs).

use alloc::vec::Vec;
use core::borrow::Borrow;
use core::hash::Hash;

use smallvec::SmallVec;

use super::{DotMap, Entry, Key, Value};
use crate::{Dot, ReplicaId};

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
        let mut change = Change::default();
        for (key, value) in writes {
            let Some(dot) = self.context.next(me) else { break };
            self.kill_key(&key, &mut change);
            self.context.insert(dot);
            change.dots.push(dot);
            change.delta.bring(Entry::new(dot, key.clone(), value.clone()));
            self.bring(Entry::new(dot, key, value));
        }
        self.finish(change)
    }

    /// Removes the entries of a key that this map has seen; a concurrent write elsewhere survives.
    /// Returns the delta, bottom if there were none.
    ///
    /// Cost: O(log n) for each entry. Shrinks the map.
    pub fn remove<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Self
    where
        K: Borrow<Q>,
    {
        let mut change = Change::default();
        self.kill_key(key, &mut change);
        self.finish(change)
    }

    /// Removes the entries of many keys in one delta.
    pub fn remove_all<'a, Q: Hash + Eq + ?Sized + 'a>(
        &mut self,
        keys: impl IntoIterator<Item = &'a Q>,
    ) -> Self
    where
        K: Borrow<Q>,
    {
        let mut change = Change::default();
        for key in keys {
            self.kill_key(key, &mut change);
        }
        self.finish(change)
    }

    /// Removes every entry for which `keep` says no, in the order of dots, in one delta.
    ///
    /// Cost: one pass, and O(log n) for each entry removed.
    pub fn retain(&mut self, mut keep: impl FnMut(&Entry<K, V>) -> bool) -> Self {
        let leaving = self.entries().filter(|entry| !keep(entry)).map(Entry::dot);
        let leaving: Vec<Dot> = leaving.collect();
        let mut change = Change::default();
        for dot in leaving {
            self.kill(dot, &mut change);
        }
        self.finish(change)
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

    fn kill_key<Q: Hash + Eq + ?Sized>(&mut self, key: &Q, change: &mut Change<K, V>)
    where
        K: Borrow<Q>,
    {
        while let Some(dot) = self.first_found(key) {
            self.kill(dot, change);
        }
    }

    fn first_found<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<Dot>
    where
        K: Borrow<Q>,
    {
        self.entries.of(key).next().map(Entry::dot)
    }

    fn kill(&mut self, dot: Dot, change: &mut Change<K, V>) {
        self.bury(dot);
        change.delta.bury(dot);
        change.dots.push(dot);
    }

    fn finish(&mut self, Change { mut delta, dots }: Change<K, V>) -> Self {
        self.tidy();
        delta.tidy();
        delta.context = dots.into_iter().collect();
        delta
    }
}

/// A change as it is put together: what it makes live, and every dot that it minted or killed.
struct Change<K, V> {
    delta: DotMap<K, V>,
    dots: SmallVec<[Dot; 4]>,
}

impl<K, V> Default for Change<K, V> {
    fn default() -> Self {
        Self { delta: DotMap::new(), dots: SmallVec::new() }
    }
}

impl<K: Hash + Eq, V> DotMap<K, V> {
    /// Makes an entry live. Its dot is in the context, or will be when the caller is done.
    pub(super) fn bring(&mut self, entry: Entry<K, V>) {
        let dot = entry.dot;
        let slot = self.entries.insert(entry);
        self.columns.insert(dot, slot);
    }

    /// Makes a dot dead, if it is live; returns its entry. After the last one, [`tidy`](Self::tidy).
    pub(super) fn bury(&mut self, dot: Dot) -> Option<Entry<K, V>> {
        let slot = self.columns.remove(dot)?;
        Some(self.entries.remove(slot))
    }

    /// Gives back what buried entries left vacant: to be called after the last of them.
    pub(super) fn tidy(&mut self) {
        self.columns.sweep();
        if self.entries.are_sparse() {
            self.entries.compact(self.columns.slots_mut());
        }
    }
}
