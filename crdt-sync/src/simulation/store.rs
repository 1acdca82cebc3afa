//! A disk that keeps what was synced, and may keep some of what was not.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crdt_core::Reading;
use crdt_core::wire::Budget;

use super::dice::Dice;
use crate::record::{Entry, Storable};
use crate::{Config, Lattice, OpenError, Opening, Record, Replica, Snapshot};

/// What is on a disk.
#[derive(Clone, Debug, Default)]
pub(super) struct Disk {
    image: Option<Vec<u8>>,
    records: Vec<Kept>,
}

/// A record, by the opening that wrote it.
#[derive(Clone, Debug)]
struct Kept {
    opening: u64,
    record: Record,
}

impl Disk {
    pub(super) fn open<S: Lattice>(
        &self,
        opening: &Opening,
        config: Config,
    ) -> Result<Replica<S>, OpenError> {
        let records = self.records.iter().map(|kept| &*kept.record.bytes);
        Replica::open(self.image.as_deref(), records, opening, config)
    }

    /// What somebody would hold who opened this disk: for looking, not for going on.
    pub(super) fn look<S: Lattice>(&self) -> Result<Replica<S>, OpenError> {
        self.open(&Opening::new(0, Reading::wall(0)), Config::volatile())
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.image.is_none() && self.records.is_empty()
    }

    /// Whether the last word on it is that of a clean end.
    pub(super) fn is_closed(&self) -> bool {
        let read = |kept: &Kept| Entry::from_stored(&kept.record.bytes, &Budget::unbounded());
        matches!(self.records.last().map(read), Some(Ok(Entry::Closed(_))))
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Append(kept) => self.records.push(kept),
            Change::Image(snapshot) => self.image = Some(snapshot.bytes),
            Change::Trim { opening, number } => {
                self.records.retain(|kept| (kept.opening, kept.record.number) > (opening, number));
            }
        }
    }
}

#[derive(Clone, Debug)]
enum Change {
    Append(Kept),
    Image(Snapshot),
    /// What a snapshot stands for is deleted after it was stored, so a crash may come in between.
    Trim {
        opening: u64,
        number: u64,
    },
}

impl Change {
    /// Which records are durable with it.
    const fn number(&self) -> u64 {
        match self {
            Self::Append(kept) => kept.record.number,
            Self::Image(snapshot) => snapshot.number,
            Self::Trim { .. } => 0,
        }
    }
}

/// A disk, and what is on its way there.
#[derive(Clone, Debug, Default)]
pub(super) struct Store {
    pub(super) disk: Disk,
    waiting: VecDeque<Change>,
    /// Counts the changes, for a sync to name the last that it takes in.
    written: u64,
}

impl Store {
    pub(super) fn of(disk: Disk) -> Self {
        Self { disk, ..Self::default() }
    }

    pub(super) const fn written(&self) -> u64 {
        self.written
    }

    pub(super) fn append(&mut self, opening: u64, record: Record) {
        self.write(Change::Append(Kept { opening, record }));
    }

    pub(super) fn replace(&mut self, opening: u64, snapshot: Snapshot) {
        let number = snapshot.number;
        self.write(Change::Image(snapshot));
        self.write(Change::Trim { opening, number });
    }

    fn write(&mut self, change: Change) {
        self.written += 1;
        self.waiting.push_back(change);
    }

    /// Syncs the changes up to the one of this count; returns up to which record all are durable.
    pub(super) fn sync(&mut self, count: u64) -> u64 {
        let mut durable = 0;
        while self.written - (self.waiting.len() as u64) < count {
            let Some(change) = self.waiting.pop_front() else { break };
            durable = durable.max(change.number());
            self.disk.apply(change);
        }
        durable
    }

    /// What was not synced is lost, but for what happens to have reached the disk.
    pub(super) fn crash(&mut self, dice: &mut Dice) {
        let survives = dice.place(self.waiting.len() + 1);
        let waiting = core::mem::take(&mut self.waiting);
        waiting.into_iter().take(survives).for_each(|change| self.disk.apply(change));
    }
}
