//! A disk that keeps what was synced, and may keep some of what was not.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crdt_core::Reading;
use crdt_core::wire::Budget;

use super::dice::Dice;
use crate::record::{Entry, Storable};
use crate::{Config, Lattice, OpenError, Opening, Record, Replica, Snapshot, StoredError};

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

impl Kept {
    fn read(&self) -> Result<Entry, StoredError> {
        Entry::from_stored(&self.record.bytes, &Budget::unbounded())
    }
}

impl Disk {
    pub(super) fn open<S: Lattice>(
        &mut self,
        opening: &Opening,
        config: &Config,
    ) -> Result<Replica<S>, OpenError> {
        let (replica, whole) = self.read(opening, config)?;
        self.records.truncate(whole);
        Ok(replica)
    }

    /// What somebody would hold who opened this disk: for looking, not for going on.
    pub(super) fn look<S: Lattice>(&self) -> Result<Replica<S>, OpenError> {
        Ok(self.read(&Opening::new(0, Reading::wall(0)), &Config::volatile())?.0)
    }

    /// Opens what is there as every host has to: without the last record if that cannot be read, as a
    /// crash has cut it short. Returns how many there are but for that, too.
    fn read<S: Lattice>(
        &self,
        opening: &Opening,
        config: &Config,
    ) -> Result<(Replica<S>, usize), OpenError> {
        let open = |count| {
            let records = self.records.iter().take(count).map(|kept| &*kept.record.bytes);
            Ok((Replica::open(self.image.as_deref(), records, opening, config.clone())?, count))
        };
        let all = self.records.len();
        match open(all) {
            Err(OpenError::Record { place, .. }) if place + 1 == all => open(place),
            opened => opened,
        }
    }

    /// Whether nothing on it can be read.
    pub(super) fn is_empty(&self) -> bool {
        self.image.is_none() && self.records.first().is_none_or(|first| first.read().is_err())
    }

    /// Whether the last word on it is that of a clean end.
    pub(super) fn is_closed(&self) -> bool {
        matches!(self.records.last().map(Kept::read), Some(Ok(Entry::Closed(_))))
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

    /// What was not synced is lost, but for what happens to have reached the disk, the last of it
    /// perhaps in part. Returns whether that is so.
    pub(super) fn crash(&mut self, dice: &mut Dice) -> bool {
        let survives = dice.place(self.waiting.len() + 1);
        let mut waiting = core::mem::take(&mut self.waiting).into_iter();
        waiting.by_ref().take(survives).for_each(|change| self.disk.apply(change));
        let Some(Change::Append(mut kept)) = waiting.next() else { return false };
        let is_cut_short = dice.percent(50);
        if is_cut_short {
            kept.record.bytes.truncate(dice.place(kept.record.bytes.len()));
            self.disk.records.push(kept);
        }
        is_cut_short
    }
}
