//! Writing under a new id what was written under one that is in use twice.
//!
//! A dot that two copies have minted names two writes. The copy that finds out takes back what it
//! alone can have, and writes it anew; it never claims to have seen what the other copy wrote under
//! those names, for that would kill it.

use alloc::vec::Vec;

use super::{DotMap, Entry, Key, Value};
use crate::{Dot, ReplicaId};

impl<K: Key, V: Value> DotMap<K, V> {
    /// Forgets every dot of `from` beyond this counter, as if it had never been seen; returns the
    /// entries of those that were live, in order.
    ///
    /// What these writes superseded stays dead. Not a step of the lattice: a peer that has the dots
    /// brings them back.
    pub fn take_back(&mut self, from: ReplicaId, beyond: u64) -> Vec<Entry<K, V>> {
        let after = beyond.saturating_add(1)..=u64::MAX;
        let live: Vec<u64> = self.columns.range(from, after).map(|(counter, _)| counter).collect();
        let taken = live.into_iter().filter_map(|counter| {
            let dot = Dot { replica: from, counter };
            self.bury(dot)
        });
        let taken = taken.collect();
        self.tidy();
        self.context.truncate(from, beyond);
        taken
    }

    /// Puts an entry in under the dot that it has, unless the dot has been seen; tells whether it
    /// has not. What [`take_back`](DotMap::take_back) took is in again after that.
    pub fn revive(&mut self, entry: Entry<K, V>) -> bool {
        let new = self.context.insert(entry.dot);
        if new {
            self.bring(entry);
        }
        new
    }

    /// Writes values beside those that their keys have: it mints dots as
    /// [`write_all`](DotMap::write_all) does, and supersedes nothing. Returns the delta.
    ///
    /// For writes that are made anew: what came to their keys meanwhile is concurrent to them.
    pub fn write_beside(
        &mut self,
        me: ReplicaId,
        writes: impl IntoIterator<Item = (K, V)>,
    ) -> Self {
        let mut delta = Self::new();
        for (key, value) in writes {
            let Some(dot) = self.context.next(me) else { break };
            let entry = Entry::new(dot, key, value);
            delta.revive(entry.clone());
            self.revive(entry);
        }
        delta
    }
}
