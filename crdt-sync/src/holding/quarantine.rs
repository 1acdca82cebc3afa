//! What carries a timestamp that the local clock has not come near yet.

use alloc::vec::Vec;

use crdt_core::Timestamp;

use super::Stretch;
use crate::{Incarnation, Lattice};

/// A part of a change that waits.
#[derive(Clone, Debug)]
pub(crate) struct Waiting<S> {
    pub(crate) part: S,
    pub(crate) bytes: usize,
    pub(crate) newest: Timestamp,
    /// The stretch that first brought it.
    pub(crate) stretch: Stretch,
    /// The logs that brought it, each with the position before which it is not needed: what comes
    /// after may not count as included while this waits.
    blocks: Vec<(Incarnation, u64)>,
}

/// All that waits. It is told to peers as held, and shown to no reader.
#[derive(Clone, Debug)]
pub(crate) struct Quarantine<S> {
    waiting: Vec<Waiting<S>>,
}

impl<S> Default for Quarantine<S> {
    fn default() -> Self {
        Self { waiting: Vec::new() }
    }
}

impl<S> Quarantine<S> {
    pub(crate) const fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(crate) const fn len(&self) -> usize {
        self.waiting.len()
    }

    pub(crate) fn bytes(&self) -> usize {
        self.waiting.iter().map(|waiting| waiting.bytes).sum()
    }

    /// Whether the log of `sender` may count as included up to `to`.
    pub(crate) fn blocks(&self, sender: Incarnation, to: u64) -> bool {
        let mut all = self.waiting.iter().flat_map(|waiting| &waiting.blocks);
        all.any(|(blocked, from)| *blocked == sender && *from < to)
    }

    /// Lets all that waits block a log from where the stretch begins.
    pub(crate) fn block(&mut self, stretch: Stretch) {
        for waiting in &mut self.waiting {
            waiting.blocks.push((stretch.sender, stretch.from));
        }
    }

    pub(crate) fn push(&mut self, part: S, bytes: usize, newest: Timestamp, stretch: Stretch) {
        let blocks = alloc::vec![(stretch.sender, stretch.from)];
        self.waiting.push(Waiting { part, bytes, newest, stretch, blocks });
    }

    /// Takes out what is due next: what bears no timestamp beyond `latest_ms`.
    pub(crate) fn next_due(&mut self, latest_ms: u64) -> Option<Waiting<S>> {
        let is_due = |waiting: &Waiting<S>| waiting.newest.millis() <= latest_ms;
        let place = self.waiting.iter().position(is_due)?;
        Some(self.waiting.remove(place))
    }

    /// Takes all out.
    pub(crate) fn take(&mut self) -> Vec<Waiting<S>> {
        core::mem::take(&mut self.waiting)
    }

    /// The earliest time at which something is due, were there no clock skew allowed.
    pub(crate) fn earliest_ms(&self) -> Option<u64> {
        self.waiting.iter().map(|waiting| waiting.newest.millis()).min()
    }
}

impl<S: Lattice> Quarantine<S> {
    /// All that waits, joined into `state`.
    pub(crate) fn join_into(&self, state: &mut S) {
        for waiting in &self.waiting {
            state.merge_ref(&waiting.part);
        }
    }
}
