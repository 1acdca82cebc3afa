//! What was written, and what of it has to be there in the end.

use alloc::vec::Vec;

use crdt_core::{Merge, ReplicaId};

use crate::{Lattice, Token};

/// One write.
#[derive(Clone, Debug)]
pub(super) struct Written<S> {
    pub(super) host: usize,
    /// Which opening of the host wrote.
    pub(super) opening: u64,
    pub(super) replica: ReplicaId,
    pub(super) token: Token,
    pub(super) delta: S,
    /// Whether the host was told that it is durable.
    pub(super) reported: bool,
    /// Whether it may be lost.
    pub(super) lost: bool,
    /// Whether it may be that nobody can answer for its token any more.
    pub(super) loose: bool,
}

/// All writes of a run, in order.
#[derive(Debug)]
pub(super) struct Ledger<S> {
    pub(super) writes: Vec<Written<S>>,
}

impl<S: Lattice + PartialEq> Ledger<S> {
    pub(super) const fn new() -> Self {
        Self { writes: Vec::new() }
    }

    /// The merge of the writes that a state includes: what it consists of.
    pub(super) fn explains(&self, state: &S) -> S {
        let mut explained = S::default();
        for written in self.writes.iter().filter(|written| includes(state, &written.delta)) {
            explained.merge_ref(&written.delta);
        }
        explained
    }
}

/// Whether merging the delta would change nothing.
pub(super) fn includes<S: Merge + Clone>(state: &S, delta: &S) -> bool {
    !state.clone().merge_ref(delta)
}
