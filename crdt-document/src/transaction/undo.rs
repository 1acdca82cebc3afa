//! How what a transaction has written is taken back.
//!
//! It mints dots beyond all that its replica has minted, which are forgotten; and it kills some
//! that were there before, which are put back. Nobody else has seen either.

use alloc::vec::Vec;

use crdt_core::{CausalContext, DotMap, Entry, ReplicaId};

use crate::Document;
use crate::cell::Cell;
use crate::key::Key;

pub(super) struct Undo {
    replica: ReplicaId,
    /// The greatest counter of the replica before.
    before: u64,
    /// What was there before and was killed.
    killed: Vec<Entry<Key, Cell>>,
    is_over: bool,
}

impl Undo {
    pub(super) fn new(map: &DotMap<Key, Cell>, replica: ReplicaId) -> Self {
        let before = map.context().max(replica);
        Self { replica, before, killed: Vec::new(), is_over: false }
    }

    /// Notes what was killed, unless the transaction has written it.
    pub(super) fn note(&mut self, killed: Entry<Key, Cell>) {
        let dot = killed.dot();
        if dot.replica() != self.replica || dot.counter() <= self.before {
            self.killed.push(killed);
        }
    }

    /// What was written stays: the dots that were minted and killed.
    pub(super) fn forget(&mut self, map: &DotMap<Key, Cell>) -> CausalContext {
        self.is_over = true;
        let mut dots: CausalContext = self.killed.drain(..).map(|entry| entry.dot()).collect();
        dots.insert_run(self.replica, self.before + 1..=map.context().max(self.replica));
        dots
    }

    pub(super) fn take_back(&mut self, document: &mut Document) {
        if self.is_over {
            return;
        }
        let Document { map, index } = document;
        let mut touched = map.take_back(self.replica, self.before);
        for entry in self.killed.drain(..) {
            map.put_back(entry.clone());
            touched.push(entry);
        }
        for entry in touched {
            index.refresh(entry.key(), map);
        }
    }
}
