//! What one replica holds: the state, the log of what it took in, what it includes of others, and
//! what of all that is durable.
//!
//! | file | what it answers |
//! |---|---|
//! | `log` | which changes can still be sent one by one |
//! | `quarantine` | what waits for the local clock |
//! | `journal` | what the host is to persist, and what it has |
//! | `claims` | which own writes are shared already |
//! | `open` | how a replica begins, and begins again |

mod claims;
mod journal;
mod log;
mod open;
mod pending;
mod quarantine;

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crdt_core::{AdmitError, Clock, ClockError, Limits, Reading, ReplicaId, Timestamp};

use crate::fault::{self, Fault};
use crate::known::{Known, Reach};
use crate::random::Random;
use crate::record::{Entry, Image, Origin};
use crate::{Config, Incarnation, Lattice, QuarantineError};

pub(crate) use claims::Claims;
pub(crate) use journal::{Durable, Journal};
pub(crate) use log::Log;
pub(crate) use pending::Advance;
pub(crate) use quarantine::Quarantine;

pub(crate) struct Holding<S> {
    pub(crate) id: ReplicaId,
    pub(crate) incarnation: Incarnation,
    /// The opening before this one, and the log position at which this one continues it.
    pub(crate) predecessor: Option<(Incarnation, u64)>,
    /// How far the logs of the openings before this one were included when it began.
    pub(crate) past: Known,
    /// Whether the id is the predecessor's, too: then a second copy of it would mint the same dots.
    pub(crate) keeps_id: bool,
    /// The record with which this opening is durable.
    pub(crate) opened: u64,
    state: Arc<S>,
    /// What the visible state includes; the own position among it.
    pub(crate) known: Known,
    /// What it includes together with what waits in quarantine.
    pub(crate) held: Known,
    /// Advances of `known` that wait for the quarantine, in the order of their arrival.
    pending: pending::Pending,
    pub(crate) quarantine: Quarantine<S>,
    pub(crate) log: Log<S>,
    pub(crate) journal: Journal,
    pub(crate) clock: Clock,
    /// The highest ceiling that was ever written down.
    ceiling: Timestamp,
    pub(crate) random: Random,
    pub(crate) claims: Claims<S>,
    /// When time was last told.
    latest: Reading,
}

/// A stretch of somebody's log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch {
    pub(crate) sender: Incarnation,
    pub(crate) from: u64,
    pub(crate) to: u64,
}

/// A change as it arrives.
pub(crate) struct Change<S> {
    pub(crate) delta: S,
    /// The stretch of the sender's log that it comes with.
    pub(crate) stretch: Stretch,
    /// Whether it is one of several states that make a change. Then what it kills may be replaced by
    /// a value that came before it.
    pub(crate) is_piece: bool,
}

/// What came of a change.
pub(crate) struct Taken<S> {
    /// What of it was new.
    pub(crate) novel: S,
    /// The names of what it changed, where the state has names.
    pub(crate) names: Vec<String>,
    /// Whether a part of it waits in quarantine.
    pub(crate) waits: bool,
    /// Why a part of it may not even wait. Then what came with it does not count as included.
    pub(crate) refused: Option<QuarantineError>,
}

/// A state at a log position, to be told to a peer once it is durable.
pub(crate) struct Pinned<S> {
    /// What deltas are made of.
    pub(crate) visible: Arc<S>,
    /// What is told as held.
    pub(crate) whole: Arc<S>,
    pub(crate) position: u64,
    pub(crate) known: Known,
    /// The record with which all of it is durable.
    pub(crate) record: u64,
}

impl<S> Clone for Pinned<S> {
    fn clone(&self) -> Self {
        let (visible, whole) = (Arc::clone(&self.visible), Arc::clone(&self.whole));
        Self { visible, whole, known: self.known.clone(), ..*self }
    }
}

impl<S: Lattice> Holding<S> {
    pub(crate) fn state(&self) -> &S {
        &self.state
    }

    pub(crate) fn position(&self) -> u64 {
        self.log.end()
    }

    pub(crate) fn durable(&self) -> &Durable {
        &self.journal.durable
    }

    /// A timestamp for a local write.
    ///
    /// A higher ceiling is written down before when the present one is nearly used up: so it is
    /// durable before anything is that bears a timestamp below it, and what is not durable is told to
    /// nobody.
    pub(crate) fn stamp(&mut self, now: Reading, config: &Config) -> Result<Timestamp, ClockError> {
        if let Some(ceiling) = self.clock.wants_ceiling(now, config.ceiling_ms) {
            self.put(&Entry::Ceiling(ceiling), (Known::default(), Known::default()));
            self.clock.raise_ceiling(ceiling);
            self.ceiling = self.ceiling.max(ceiling);
        }
        self.clock.now(now)
    }

    /// Changes the state by a local write; returns the log position after it.
    pub(crate) fn write(
        &mut self,
        change: impl FnOnce(&mut S) -> S,
        now: Reading,
        config: &Config,
    ) -> u64 {
        let delta = change(Arc::make_mut(&mut self.state));
        if !delta.is_bottom() {
            self.claims.push(self.position() + 1, delta.claims_of(self.id));
            self.append(delta, None, false, (Known::default(), Known::default()), now, config);
        }
        self.position()
    }

    /// Takes in a change that came with a stretch of a log, what it brings this replica to include,
    /// or both. What of the change bears a timestamp from the future waits, or is refused; the rest
    /// is merged, and counts as included unless a part was refused.
    ///
    /// # Errors
    ///
    /// When the change claims own writes that were never made; then nothing was changed.
    pub(crate) fn take_in(
        &mut self,
        change: Option<Change<S>>,
        advance: Option<Advance>,
        now: Reading,
        config: &Config,
    ) -> Result<Taken<S>, AdmitError> {
        let novel = S::default();
        let mut taken = Taken { novel, names: Vec::new(), waits: false, refused: None };
        let mut held = Known::default();
        let (mut origin, mut is_piece) = (None, false);
        if let Some(change) = change {
            is_piece = change.is_piece;
            origin = Some((change.stretch.sender, change.stretch.to));
            self.check(&change.delta, now)?;
            let rest = self.detain(change, now, config, &mut taken);
            let newest = rest.newest();
            let mut name = |name: &str| {
                if taken.names.last().is_none_or(|last| last != name) {
                    taken.names.push(name.into());
                }
            };
            taken.novel = Arc::make_mut(&mut self.state).merge_naming(rest, &mut name);
            // What is dead here already may bear a timestamp that the clock refuses; what is new bears
            // none.
            for newest in newest.into_iter().chain(taken.novel.newest()) {
                let _within = self.clock.observe(now, newest, &config.limits);
            }
            taken.names.sort_unstable();
            taken.names.dedup();
        }
        if let Some(advance) = advance.filter(|_| taken.refused.is_none()) {
            held.merge(&advance.known);
            self.held.merge(&held);
            self.pending.push(advance, &self.quarantine);
        }
        let known = self.settle();
        if config.makes(Fault::KeepToOneself) && !known.is_empty() {
            self.note((known, held));
        } else if !taken.novel.is_bottom() {
            self.append(taken.novel.clone(), origin, is_piece, (known, held), now, config);
        } else if !known.is_empty() || !held.is_empty() {
            self.note((known, held));
        }
        Ok(taken)
    }

    /// Takes in what is included without a change.
    pub(crate) fn include(&mut self, advance: Advance) {
        self.held.merge(&advance.known);
        let held = advance.known.clone();
        self.pending.push(advance, &self.quarantine);
        let known = self.settle();
        self.note((known, held));
    }

    /// Whether a change claims own writes that were never made.
    pub(crate) fn check(&self, delta: &S, now: Reading) -> Result<(), AdmitError> {
        let any_time = Limits::default().with_max_ahead_ms(u64::MAX);
        self.state.admit(delta, self.id, now.wall_ms, &any_time)
    }

    /// Ends the opening.
    pub(crate) fn write_closed(&mut self) {
        self.put(&Entry::Closed(self.incarnation), (Known::default(), Known::default()));
    }

    /// Advances what is included as far as the quarantine allows; returns the difference.
    fn settle(&mut self) -> Known {
        self.pending.settle(&mut self.known, &self.quarantine)
    }

    /// Appends what was novel to the log, and writes it down.
    fn append(
        &mut self,
        delta: S,
        origin: Option<Origin>,
        is_piece: bool,
        (mut known, held): (Known, Known),
        now: Reading,
        config: &Config,
    ) {
        let encoded = delta.encode();
        let entry = log::Entry::new(delta, encoded.len(), origin, now.monotonic_ms);
        let entry = if is_piece { entry.of_several() } else { entry };
        let is_unbounded = config.makes(Fault::KeepForTheDead);
        self.quarantine.look_soon(now.monotonic_ms);
        self.log.push(entry, if is_unbounded { usize::MAX } else { config.log_bytes });
        let position = self.position();
        let reach = Reach { position, continues: self.predecessor };
        known.advance(self.incarnation, reach);
        self.known.advance(self.incarnation, reach);
        self.held.advance(self.incarnation, reach);
        let entry = Entry::Changed { position, known: known.clone(), origin, delta: encoded };
        self.put(&entry, (known, held));
    }

    /// Writes down what is included, without a change.
    pub(crate) fn note(&mut self, (known, held): (Known, Known)) {
        let position = self.position();
        let (origin, delta) = (None, Vec::new());
        let entry = Entry::Changed { position, known: known.clone(), origin, delta };
        self.put(&entry, (known, held));
    }

    /// Writes down that somebody has opened a store, for later openings of this one to know.
    pub(crate) fn note_opening(&mut self, incarnation: Incarnation, reach: Option<&Reach>) {
        let continues = reach.and_then(|reach| reach.continues);
        let opened = Known::of(incarnation, Reach { position: 0, continues });
        self.known.merge(&opened);
        self.held.merge(&opened);
        self.note((opened.clone(), opened));
    }

    /// Writes a record down; without a store it is durable at once.
    pub(super) fn put(&mut self, entry: &Entry, (known, held): (Known, Known)) {
        let (position, own) = (self.position(), self.incarnation);
        self.journal.write(entry, position, own, known, held);
        if !self.journal.is_kept {
            self.persisted(self.journal.written());
        }
    }

    /// The host has made the records up to `number` durable.
    pub(crate) fn persisted(&mut self, number: u64) {
        self.journal.persisted(number);
    }

    /// Forgets the openings that nobody asks after any more.
    pub(crate) fn forget(&mut self, age_ms: u64, wall_ms: u64) {
        let durable = &mut self.journal.durable;
        for included in [&mut self.known, &mut self.held, &mut durable.known, &mut durable.held] {
            included.forget(age_ms, wall_ms);
        }
    }

    /// The present state, to be told to a peer.
    pub(crate) fn pin(&self) -> Pinned<S> {
        let visible = Arc::clone(&self.state);
        let whole = if self.quarantine.is_empty() {
            Arc::clone(&visible)
        } else {
            let mut whole = S::clone(&visible);
            self.quarantine.join_into(&mut whole);
            Arc::new(whole)
        };
        let (position, known) = (self.position(), self.known.clone());
        Pinned { visible, whole, position, known, record: self.journal.written() }
    }

    /// Goes on under a new id, because the present one is used twice: takes back what was written
    /// under it and nobody is known to have, and writes that anew. Returns the old id, and the rest
    /// of what this opening wrote under it.
    ///
    /// Whoever has the old opening's log has, of what follows, only what was shared; so the new one
    /// continues it there. Its log begins after all positions that were ever told, and its peers are
    /// compared with.
    pub(crate) fn renew(&mut self, now: Reading, config: &Config) -> (ReplicaId, S) {
        let from = self.id;
        let to = ReplicaId::from_u128(self.random.draw());
        let (mark, shared) = self.claims.shared();
        let skipped = fault::skipped(config, self.state(), from, mark);
        let state = Arc::make_mut(&mut self.state);
        let mut rewritten = state.renew(from, to, mark);
        if let Some(skipped) = skipped {
            state.merge_ref(&skipped);
            rewritten.merge(skipped);
        }
        let nobody = ReplicaId::from_u128(self.random.draw());
        let at_risk = S::clone(&self.state).renew(from, nobody, self.claims.former());
        let position = self.position() + 1;
        self.predecessor = Some((self.incarnation, shared));
        self.incarnation = Incarnation::drawn(now.wall_ms, self.random.draw_u32());
        (self.id, self.keeps_id) = (to, false);
        self.claims = Claims::new(S::default(), shared);
        self.claims.push(position, rewritten.claims_of(to));
        self.log = Log::starting_at(position);
        let included = self.enter();
        self.put(&Entry::Whole(self.image()), included);
        self.opened = self.journal.written();
        (from, at_risk)
    }

    /// The replica as it is stored.
    pub(crate) fn image(&self) -> Image {
        Image {
            replica: self.id,
            incarnation: self.incarnation,
            position: self.position(),
            known: self.known.clone(),
            ceiling: self.clock.last().max(self.ceiling),
            state: self.state.encode(),
        }
    }
}
