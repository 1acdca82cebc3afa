//! The delta-mutators. Each changes the map and returns the change: the dots it minted and those it
//! killed, and nothing else (Almeida, Shoker, Baquero 2018, section 7.3).

use alloc::vec::Vec;
use core::borrow::Borrow;
use core::hash::Hash;

use super::{DotMap, Entry, Key, Value};
use crate::{Dot, ReplicaId};

impl<K: Key, V: Value> DotMap<K, V> {
    /// Writes a value to a key: mints the next dot of `me` and supersedes the entries of the key
    /// that this map has seen. Returns the delta.
    ///
    /// Cost: O(log n), and the entries superseded. Grows the map by one entry, or not at all when
    /// it supersedes one.
    pub fn write(&mut self, me: ReplicaId, key: K, value: V) -> Self {
        let mut delta = Self::new();
        self.write_into(me, key, value, &mut delta);
        delta
    }

    /// Writes many values in one delta. Of values written to one key the last stays.
    ///
    /// Cost: that of the single writes.
    pub fn write_all(&mut self, me: ReplicaId, writes: impl IntoIterator<Item = (K, V)>) -> Self {
        let mut delta = Self::new();
        for (key, value) in writes {
            self.write_into(me, key, value, &mut delta);
        }
        delta
    }

    /// Removes the entries of a key that this map has seen; a concurrent write elsewhere survives.
    /// Returns the delta, bottom if there were none.
    ///
    /// Cost: O(log n) for each entry. Shrinks the map.
    pub fn remove<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Self
    where
        K: Borrow<Q>,
    {
        let mut delta = Self::new();
        self.kill_key(key, &mut delta);
        delta
    }

    /// Removes the entries of many keys in one delta.
    pub fn remove_all<'a, Q: Hash + Eq + ?Sized + 'a>(
        &mut self,
        keys: impl IntoIterator<Item = &'a Q>,
    ) -> Self
    where
        K: Borrow<Q>,
    {
        let mut delta = Self::new();
        for key in keys {
            self.kill_key(key, &mut delta);
        }
        delta
    }

    /// Removes every entry for which `keep` says no, in the order of dots, in one delta.
    ///
    /// Cost: one pass, and O(log n) for each entry removed.
    pub fn retain(&mut self, mut keep: impl FnMut(&Entry<K, V>) -> bool) -> Self {
        let leaving = self.entries().filter(|entry| !keep(entry)).map(Entry::dot);
        let leaving: Vec<Dot> = leaving.collect();
        let mut delta = Self::new();
        for dot in leaving {
            self.kill(dot, &mut delta);
        }
        delta
    }

    /// Removes every entry that this map has seen, in one delta.
    pub fn clear(&mut self) -> Self {
        let delta = Self { context: self.columns.to_context(), ..Self::new() };
        self.columns = super::Columns::default();
        self.entries = super::Entries::default();
        delta
    }

    fn write_into(&mut self, me: ReplicaId, key: K, value: V, delta: &mut Self) {
        let counter = self.context.max(me).saturating_add(1);
        let dot = Dot { replica: me, counter };
        self.kill_key(&key, delta);
        self.context.insert(dot);
        delta.context.insert(dot);
        delta.bring(Entry::new(dot, key.clone(), value.clone()));
        self.bring(Entry::new(dot, key, value));
    }

    fn kill_key<Q: Hash + Eq + ?Sized>(&mut self, key: &Q, delta: &mut Self)
    where
        K: Borrow<Q>,
    {
        while let Some(dot) = self.first_found(key) {
            self.kill(dot, delta);
        }
    }

    fn first_found<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<Dot>
    where
        K: Borrow<Q>,
    {
        self.entries.of(key).next().map(Entry::dot)
    }

    fn kill(&mut self, dot: Dot, delta: &mut Self) {
        self.bury(dot);
        delta.bury(dot);
        delta.context.insert(dot);
    }
}

impl<K: Hash + Eq, V> DotMap<K, V> {
    /// Makes an entry live. Its dot is in the context, or will be when the caller is done.
    pub(super) fn bring(&mut self, entry: Entry<K, V>) {
        let dot = entry.dot;
        let slot = self.entries.insert(entry);
        self.columns.insert(dot, slot);
    }

    /// Makes a dot dead, if it is live; returns its entry.
    pub(super) fn bury(&mut self, dot: Dot) -> Option<Entry<K, V>> {
        let slot = self.columns.remove(dot)?;
        Some(self.entries.remove(slot))
    }
}
