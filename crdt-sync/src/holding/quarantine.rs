//! What carries a timestamp that the local clock has not come near yet.

use alloc::vec::Vec;

use crdt_core::{Limits, Reading, Separated, Timestamp};

use super::{Change, Holding, Stretch, Taken};
use crate::fault::Fault;
use crate::{Config, Incarnation, Lattice, QuarantineError};

/// What waits is looked through no more often than this for what need not wait any more: it costs a
/// look at all of it.
const LOOK_MS: u64 = 1_000;

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
    /// When it is to be looked through, as the state has changed since it was last.
    look_at_ms: Option<u64>,
    looked_ms: Option<u64>,
}

impl<S> Default for Quarantine<S> {
    fn default() -> Self {
        Self { waiting: Vec::new(), look_at_ms: None, looked_ms: None }
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

    /// Whether something waits that came with the stretch of that log.
    pub(crate) fn blocks_within(&self, sender: Incarnation, from: u64, to: u64) -> bool {
        let mut all = self.waiting.iter().flat_map(|waiting| &waiting.blocks);
        all.any(|(blocked, at)| *blocked == sender && (from..to).contains(at))
    }

    /// Lets all that waits block a log from where the stretch begins.
    pub(crate) fn block(&mut self, stretch: Stretch) {
        for Waiting { blocks, .. } in &mut self.waiting {
            match blocks.iter_mut().find(|(sender, _)| *sender == stretch.sender) {
                Some((_, from)) => *from = (*from).min(stretch.from),
                None => blocks.push((stretch.sender, stretch.from)),
            }
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

    /// The state has changed: what waits may be dead now.
    pub(super) fn look_soon(&mut self, now_ms: u64) {
        if self.look_at_ms.is_none() && !self.is_empty() {
            let earliest_ms = self.looked_ms.map_or(0, |looked| looked.saturating_add(LOOK_MS));
            self.look_at_ms = Some(now_ms.max(earliest_ms));
        }
    }

    /// Whether it is time to look through it.
    fn is_to_be_looked_through(&mut self, now_ms: u64) -> bool {
        let is_due = self.look_at_ms.is_some_and(|at_ms| at_ms <= now_ms);
        if is_due {
            (self.look_at_ms, self.looked_ms) = (None, Some(now_ms));
        }
        is_due
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

impl<S: Lattice> Holding<S> {
    /// Puts what of a change has to wait into quarantine, as far as it may be there; returns the
    /// rest, and tells in `taken` what came of it.
    ///
    /// Cost: that of the change. If something of it has to wait, or it is a piece that kills, a look
    /// at all that waits, which [`Config::quarantine_bytes`] bounds. Of the pieces of a stream one
    /// kills at most, the last: `transfer/cut.rs`.
    pub(super) fn detain(
        &mut self,
        change: Change<S>,
        now: Reading,
        config: &Config,
        taken: &mut Taken<S>,
    ) -> S {
        let Change { delta, stretch, is_piece } = change;
        let horizon_ms = config.quarantine_horizon_ms.max(config.limits.max_ahead_ms);
        let within = Limits::default().with_max_ahead_ms(horizon_ms);
        let Separated { now: mut delta, later: beyond } =
            self.state.separate(delta, now.wall_ms, &within);
        taken.refused = beyond.map(|(_, timestamp)| QuarantineError::TooFarAhead {
            timestamp,
            now_ms: now.wall_ms,
            horizon_ms,
        });
        let kills = |delta| S::dots().is_some_and(|dots| dots.live(delta) != *dots.seen(delta));
        if is_piece && !self.quarantine.is_empty() && kills(&delta) {
            // What it kills waits together with what replaces it.
            self.quarantine.join_into(&mut delta);
        }
        let Separated { now: rest, later } =
            self.state.separate(delta, now.wall_ms, &config.limits);
        if let Some((later, newest)) = later {
            match self.let_wait(later, newest, stretch, config) {
                Ok(is_new) => taken.waits = is_new,
                Err(full) => taken.refused = Some(full),
            }
        }
        rest
    }

    /// Puts a part of a change into quarantine, unless it is there already; returns whether it was
    /// new.
    fn let_wait(
        &mut self,
        later: S,
        newest: Timestamp,
        stretch: Stretch,
        config: &Config,
    ) -> Result<bool, QuarantineError> {
        let stretch = if config.makes(Fault::CountQuarantined) {
            Stretch { from: u64::MAX, ..stretch }
        } else {
            stretch
        };
        let whole = later.encode();
        let mut waiting = S::default();
        self.quarantine.join_into(&mut waiting);
        let part = waiting.merge_novel(later);
        let encoded = part.encode();
        let bytes = encoded.len();
        let (items, most_bytes) = (self.quarantine.len(), config.quarantine_bytes);
        let is_full = items >= config.quarantine_items
            || self.quarantine.bytes().saturating_add(bytes) > most_bytes;
        if !part.is_bottom() && is_full {
            return Err(QuarantineError::Full { items, bytes: self.quarantine.bytes() });
        }
        if encoded != whole {
            // The others may hold the rest of it.
            self.quarantine.block(stretch);
        }
        if part.is_bottom() {
            return Ok(false);
        }
        self.quarantine.push(part, bytes, newest, stretch);
        Ok(true)
    }

    /// Takes in what has waited long enough, and what need not wait any more.
    pub(crate) fn release(&mut self, now: Reading, config: &Config) -> Vec<Taken<S>> {
        self.latest = now;
        let latest_ms = now.wall_ms.saturating_add(config.limits.max_ahead_ms);
        let mut all = Vec::new();
        // One by one: what is included then has to wait for those that are still there.
        while let Some(waiting) = self.quarantine.next_due(latest_ms) {
            let Waiting { part: delta, stretch, .. } = waiting;
            let change = Change { delta, stretch, is_piece: false };
            let taken = self.take_in(Some(change), None, now, config);
            all.extend(taken);
        }
        if self.quarantine.is_to_be_looked_through(now.monotonic_ms) {
            self.release_known(now, config, &mut all);
        }
        all
    }

    /// Takes in what of that which waits the state has by now, or knows to be dead, and what waited
    /// only along with it.
    fn release_known(&mut self, now: Reading, config: &Config, all: &mut Vec<Taken<S>>) {
        // Together: what kills and what replaces it may have come apart.
        let mut whole = S::default();
        self.quarantine.join_into(&mut whole);
        let later = self.state.separate(whole, now.wall_ms, &config.limits).later;
        let later = later.map_or_else(S::default, |(later, _)| later).digest();
        // The latest first, which may kill what came before.
        for place in (0..self.quarantine.waiting.len()).rev() {
            let Some(waiting) = self.quarantine.waiting.get_mut(place) else { continue };
            let delta = waiting.part.delta_since(&later);
            let waits =
                |delta: S| self.state.separate(delta, now.wall_ms, &config.limits).later.is_some();
            // What kills it has not been merged yet, and to wait anew it might be refused: it is
            // looked at again after that.
            if delta.is_bottom() || waits(delta.clone()) {
                continue;
            }
            let stretch = waiting.stretch;
            waiting.part = waiting.part.delta_since(&delta.digest());
            if waiting.part.is_bottom() {
                self.quarantine.waiting.remove(place);
            } else {
                waiting.bytes = waiting.part.encode().len();
                waiting.newest = waiting.part.newest().unwrap_or(waiting.newest);
            }
            let change = Change { delta, stretch, is_piece: false };
            all.extend(self.take_in(Some(change), None, now, config));
        }
    }

    /// When something in quarantine is due or it is to be looked through, roughly, on the monotonic clock: the wall clock may step.
    pub(crate) fn release_deadline(&self, config: &Config) -> Option<u64> {
        let due_ms = self.quarantine.earliest_ms()?.saturating_sub(config.limits.max_ahead_ms);
        let wait_ms = due_ms.saturating_sub(self.latest.wall_ms);
        let due = self.latest.monotonic_ms.saturating_add(wait_ms);
        Some(self.quarantine.look_at_ms.map_or(due, |at_ms| due.min(at_ms)))
    }

    /// Lets all that waits in quarantine block a log from a position on.
    pub(crate) fn block(&mut self, sender: Incarnation, from: u64) {
        self.quarantine.block(Stretch { sender, from, to: from });
    }

    /// Drops all that waits; returns how many changes that were. What brought them counts as never
    /// having arrived.
    pub(crate) fn discard(&mut self) -> usize {
        self.pending.clear();
        self.held = self.known.clone();
        self.journal.forget_held();
        self.quarantine.take().len()
    }
}
