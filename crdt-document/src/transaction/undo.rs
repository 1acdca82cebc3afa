//! How what a transaction has written is taken back.
//!
//! It mints dots beyond all that its replica has minted, which are forgotten; and it kills some
//! that were there before, which are put back. Nobody else has seen either.

use alloc::vec::Vec;

use crdt_core::{DotMap, Entry, ReplicaId};

use crate::Document;
use crate::cell::Cell;
use crate::key::Key;

pub(super) struct Undo {
    replica: ReplicaId,
    /// The greatest counter of the replica before.
    before: u64,
    /// What was there before in the places written to. A place that is written to twice is noted
    /// twice, and the second time holds what the first one wrote: that is not put back.
    killed: Vec<Entry<Key, Cell>>,
    /// The places written to.
    touched: Vec<Key>,
}

impl Undo {
    pub(super) fn new(map: &DotMap<Key, Cell>, replica: ReplicaId) -> Self {
        let before = map.context().max(replica);
        Self { replica, before, killed: Vec::new(), touched: Vec::new() }
    }

    /// Notes what is in a place before it is written to.
    pub(super) fn note(&mut self, map: &DotMap<Key, Cell>, key: &Key) {
        let is_ours = |entry: &&Entry<Key, Cell>| {
            entry.dot().replica() == self.replica && entry.dot().counter() > self.before
        };
        self.killed.extend(map.values(key).filter(|entry| !is_ours(entry)).cloned());
        self.touched.push(key.clone());
    }

    /// What was written stays.
    pub(super) fn forget(&mut self) {
        self.killed.clear();
        self.touched.clear();
    }

    pub(super) fn take_back(&mut self, document: &mut Document) {
        if self.touched.is_empty() {
            return;
        }
        let Document { map, index } = document;
        map.take_back(self.replica, self.before);
        for entry in self.killed.drain(..) {
            map.put_back(entry);
        }
        for key in self.touched.drain(..) {
            index.refresh(&key, map);
        }
    }
}
