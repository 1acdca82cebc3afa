//! The changes that a state took in, for peers that have not acknowledged them.

use alloc::collections::VecDeque;

use crate::Lattice;
use crate::record::Origin;

/// One change: what was novel of it.
#[derive(Clone, Debug)]
pub(crate) struct Entry<S> {
    pub(crate) delta: S,
    /// How long its bytes are.
    pub(crate) bytes: usize,
    /// The log and the position there that it came with; `None` for a local write.
    pub(crate) origin: Option<Origin>,
    /// Whether what it kills may be replaced by an earlier change: it is never to overtake those.
    pub(crate) is_tail: bool,
    /// When it was taken in, on the monotonic clock.
    pub(crate) at_ms: u64,
}

impl<S: Lattice> Entry<S> {
    pub(crate) fn new(delta: S, bytes: usize, origin: Option<Origin>, at_ms: u64) -> Self {
        Self { delta, bytes, origin, is_tail: false, at_ms }
    }

    /// One of several states that make a change: what replaces a value may have come before.
    pub(crate) fn of_several(self) -> Self {
        let kills = S::dots().is_some_and(|dots| dots.live(&self.delta) != *dots.seen(&self.delta));
        Self { is_tail: kills, ..self }
    }
}

/// The latest changes, each at the log position before it: the entry at `p` takes a state from `p`
/// to `p + 1`. Bounded in bytes; the oldest go first.
#[derive(Clone, Debug)]
pub(crate) struct Log<S> {
    entries: VecDeque<Entry<S>>,
    start: u64,
    bytes: usize,
    /// Of the last entry that was dropped for want of room.
    evicted_at_ms: Option<u64>,
}

impl<S> Log<S> {
    pub(crate) const fn starting_at(start: u64) -> Self {
        Self { entries: VecDeque::new(), start, bytes: 0, evicted_at_ms: None }
    }

    /// The first position that it holds the change of, if any.
    pub(crate) const fn start(&self) -> u64 {
        self.start
    }

    /// The position after the last change.
    pub(crate) fn end(&self) -> u64 {
        self.start + self.entries.len() as u64
    }

    pub(crate) const fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn get(&self, position: u64) -> Option<&Entry<S>> {
        let place = usize::try_from(position.checked_sub(self.start)?).ok()?;
        self.entries.get(place)
    }

    /// The entries from `position` on.
    pub(crate) fn since(&self, position: u64) -> impl Iterator<Item = (u64, &Entry<S>)> {
        let skipped = usize::try_from(position.saturating_sub(self.start)).unwrap_or(usize::MAX);
        let place = skipped.min(self.entries.len());
        (self.start + place as u64..).zip(self.entries.range(place..))
    }

    /// Appends a change, and drops the oldest until at most `most` bytes are held.
    pub(crate) fn push(&mut self, entry: Entry<S>, most: usize) {
        self.bytes += entry.bytes;
        self.entries.push_back(entry);
        while self.bytes > most {
            let Some(oldest) = self.pop() else { break };
            self.evicted_at_ms = Some(oldest.at_ms);
        }
    }

    /// Drops what everybody has.
    pub(crate) fn drop_below(&mut self, position: u64) {
        while self.start < position && self.pop().is_some() {}
    }

    /// When the oldest change was taken in that a peer lacks which has those before `position`.
    pub(crate) fn oldest_since(&self, position: u64) -> Option<u64> {
        if position < self.start {
            return self.evicted_at_ms.or_else(|| self.get(self.start).map(|entry| entry.at_ms));
        }
        self.get(position).map(|entry| entry.at_ms)
    }

    fn pop(&mut self) -> Option<Entry<S>> {
        let oldest = self.entries.pop_front()?;
        self.start += 1;
        self.bytes -= oldest.bytes;
        Some(oldest)
    }
}
