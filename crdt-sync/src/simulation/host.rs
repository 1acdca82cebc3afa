//! One host: a process that comes and goes, its disk and its clocks.

use alloc::collections::BTreeSet;

use crdt_core::{Reading, ReplicaId};

use super::store::{Disk, Store};
use crate::{Config, Incarnation, Lattice, Replica, Token};

/// What wall clocks read at the beginning, when they are right.
const BEGINNING_MS: u64 = 1_700_000_000_000;

pub(super) struct Host<S> {
    pub(super) config: Config,
    /// The process, while it runs.
    pub(super) replica: Option<Replica<S>>,
    pub(super) store: Store,
    pub(super) backup: Option<Disk>,
    /// Counts how often it was started.
    pub(super) opening: u64,
    started_at_ms: u64,
    /// By how much its wall clock is wrong.
    pub(super) offset_ms: i64,
    pub(super) is_gone: bool,
    /// All ids that it ever had.
    pub(super) ids: BTreeSet<ReplicaId>,
    /// To whom it is connected, as far as it knows.
    pub(super) links: BTreeSet<usize>,
    /// When it is to be asked for messages.
    pub(super) wake_ms: Option<u64>,
    /// How often in a row it was to be asked at once, and had nothing to say.
    pub(super) stalled: u64,
    /// Whether its disk was ever replaced by an older copy, or is a copy.
    pub(super) is_replaced: bool,
    /// Whether it has said since that this is so.
    pub(super) has_told: bool,
    /// The tokens of its own writes that its disk lacked when it was replaced.
    pub(super) missing: BTreeSet<Token>,
    /// Where it was when it was last looked at.
    pub(super) position: (Option<Incarnation>, u64),
    /// The writes whose tokens this opening was seen to cover.
    pub(super) covered: BTreeSet<usize>,
}

impl<S: Lattice> Host<S> {
    pub(super) fn new(config: Config, disk: Disk) -> Self {
        Self {
            config,
            replica: None,
            store: Store::of(disk),
            backup: None,
            opening: 0,
            started_at_ms: 0,
            offset_ms: 0,
            is_gone: false,
            ids: BTreeSet::new(),
            links: BTreeSet::new(),
            wake_ms: None,
            stalled: 0,
            is_replaced: false,
            has_told: false,
            missing: BTreeSet::new(),
            position: (None, 0),
            covered: BTreeSet::new(),
        }
    }

    pub(super) const fn is_up(&self) -> bool {
        self.replica.is_some()
    }

    pub(super) const fn reading(&self, now_ms: u64) -> Reading {
        Reading {
            wall_ms: (BEGINNING_MS + now_ms).saturating_add_signed(self.offset_ms),
            monotonic_ms: now_ms.saturating_sub(self.started_at_ms),
        }
    }

    /// Its clocks, while it runs.
    pub(super) fn reading_if_up(&self, now_ms: u64) -> Option<Reading> {
        self.is_up().then(|| self.reading(now_ms))
    }

    /// The process is up, as a new opening.
    pub(super) fn started(&mut self, now_ms: u64) {
        self.opening += 1;
        self.started_at_ms = now_ms;
        self.stalled = 0;
        self.position = (None, 0);
        self.covered.clear();
    }

    /// The process is gone.
    pub(super) fn stopped(&mut self) {
        self.replica = None;
        self.wake_ms = None;
        self.links.clear();
    }

    /// When it wants to be asked for messages, in simulated time.
    pub(super) fn deadline(&self) -> Option<u64> {
        let deadline = self.replica.as_ref()?.next_deadline()?;
        Some(deadline.saturating_add(self.started_at_ms))
    }
}
