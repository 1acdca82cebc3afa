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

    /// What a state should be, if it is not: the merge of the writes that it includes. Of one that
    /// is lost a part may have arrived, as what is compared arrives in pieces.
    pub(super) fn contradicts(&self, state: &S) -> Option<S> {
        let is_there = |written: &Written<S>| includes(state, &written.delta);
        let explained = self.merged(is_there);
        let most = self.merged(|written| written.lost || is_there(written));
        let is_between = includes(state, &explained) && includes(&most, state);
        (explained != *state && !is_between).then_some(explained)
    }

    fn merged(&self, wanted: impl Fn(&Written<S>) -> bool) -> S {
        let mut merged = S::default();
        for written in self.writes.iter().filter(|written| wanted(written)) {
            merged.merge_ref(&written.delta);
        }
        merged
    }
}

/// Whether merging the delta would change nothing.
pub(super) fn includes<S: Merge + Clone>(state: &S, delta: &S) -> bool {
    !state.clone().merge_ref(delta)
}
