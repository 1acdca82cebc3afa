//! A replica, and the store that keeps it.

use std::path::Path;

use crdt_core::{Limits, Reading, ReplicaId, Timestamp};
use crdt_document::{self as document, Author, Document};
use crdt_sync::{Config, Opening, Replica, Token, TryWriteError};

use super::RegionError;
use super::store::{Store, StoreError};
use crate::operations::{Change, Operation};
use crate::state::apply;

/// A replica whose every change is durable before anybody hears of it.
pub(super) struct Kept {
    pub(super) replica: Replica<Document>,
    store: Store,
    /// How many operations of this region's part of the file are in the replica …
    applied: u64,
    /// … and in the store.
    committed: u64,
    /// How many bytes were cut off the end of the store when it was opened.
    cut_off: u64,
}

impl Kept {
    /// Goes on from what the store in `folder` holds: under the id that it had if it was closed in
    /// good order, or else under a new one.
    pub(super) fn open(folder: &Path) -> Result<Self, RegionError> {
        let (store, stored) = Store::open(folder)?;
        let random_bits = ReplicaId::random().as_u128();
        let replica = Replica::open(
            stored.snapshot.as_deref(),
            stored.records.iter().map(Vec::as_slice),
            &Opening::new(random_bits, Reading::system()),
            config(),
        );
        let replica = replica.map_err(|error| RegionError::Open(folder.into(), error))?;
        let (applied, cut_off) = (stored.applied, stored.cut_off);
        let mut kept = Self { replica, store, applied, committed: applied, cut_off };
        // The mark of a good end is used up with this.
        kept.commit()?;
        Ok(kept)
    }

    pub(super) const fn applied(&self) -> u64 {
        self.applied
    }

    pub(super) const fn cut_off(&self) -> u64 {
        self.cut_off
    }

    /// Applies a local operation, and returns the token of the write: to be told when it is
    /// [committed](Self::commit). One that is applied already changes nothing. The error says why
    /// the operation is refused.
    pub(super) fn apply(&mut self, number: u64, operation: &Operation) -> Result<Token, String> {
        if number <= self.applied {
            return Ok(self.replica.token());
        }
        let next = self.applied + 1;
        if number != next {
            return Err(format!("operation {number} came where {next} was expected"));
        }
        let now = Reading::system();
        let at = instant(&operation.change, now)?;
        let token = self.write(now, at, operation).map_err(|error| error.to_string())?;
        self.applied = number;
        Ok(token)
    }

    fn write(
        &mut self,
        now: Reading,
        at: Option<Timestamp>,
        operation: &Operation,
    ) -> Result<Token, TryWriteError<document::WriteError>> {
        self.replica.try_write(now, |document, me, stamp| {
            let author = Author::new(me, at.unwrap_or(stamp));
            document.transact(author, |transaction| apply(transaction, operation))
        })
    }

    /// Makes durable what is not; returns whether there was something. Much may have come together:
    /// it costs one wait for the disk.
    pub(super) fn commit(&mut self) -> Result<bool, StoreError> {
        let wrote = self.append()?;
        if self.store.wants_snapshot() {
            self.store.replace(self.applied, self.replica.snapshot().bytes)?;
        }
        Ok(wrote)
    }

    fn append(&mut self) -> Result<bool, StoreError> {
        let (mut records, mut last) = (Vec::new(), None);
        while let Some(record) = self.replica.next_record() {
            last = Some(record.number);
            records.push(record.bytes);
        }
        if last.is_none() && self.applied == self.committed {
            return Ok(false);
        }
        self.store.commit(self.applied, records)?;
        self.committed = self.applied;
        if let Some(number) = last {
            self.replica.persisted(number);
        }
        Ok(true)
    }

    /// Ends in good order, so that the store can be opened again under the same id.
    pub(super) fn close(&mut self) -> Result<(), StoreError> {
        self.replica.close();
        self.append().map(drop)
    }
}

/// Regions that change little say soon what came to them another way, so that a lag is one.
fn config() -> Config {
    Config { gossip_ms: 100, ..Config::default() }
}

/// The instant of a write for which the file says one.
fn instant(change: &Change, now: Reading) -> Result<Option<Timestamp>, String> {
    let Change::LwwWrite { at: Some(timestamp), .. } = change else { return Ok(None) };
    let checked = Limits::default().check_timestamp(*timestamp, now.wall_ms);
    let refused = "the time after `at` is more than a minute in the future";
    checked.map(|()| Some(*timestamp)).map_err(|_too_far_ahead| refused.into())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Kept;
    use crate::operations::{Operation, Value, parse_operation};
    use crate::state::readings;

    fn operation(text: &str) -> Operation {
        parse_operation(text).expect("reads")
    }

    fn open(folder: &Path) -> Kept {
        Kept::open(folder).expect("opens")
    }

    fn apply(kept: &mut Kept, number: u64, text: &str) {
        kept.apply(number, &operation(text)).expect("applies");
    }

    fn refused(kept: &mut Kept, number: u64, text: &str) -> String {
        kept.apply(number, &operation(text)).expect_err("is refused")
    }

    fn value(kept: &Kept) -> Value {
        readings(kept.replica.state()).pop().expect("a value").value
    }

    #[test]
    fn an_operation_is_applied_once_however_often_and_after_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut first = open(folder.path());
        apply(&mut first, 1, "counter x += 5");
        apply(&mut first, 1, "counter x += 5");
        let early = refused(&mut first, 3, "counter x += 5");
        assert_eq!(early, "operation 3 came where 2 was expected");
        // It changes nothing, and counts all the same.
        apply(&mut first, 2, "or-set y clear");
        first.commit().expect("commits");
        let id = first.replica.id();
        drop(first);

        let mut second = open(folder.path());
        assert_ne!(second.replica.id(), id, "nobody has closed it");
        assert_eq!(second.applied(), 2);
        apply(&mut second, 1, "counter x += 5");
        assert_eq!(value(&second), Value::Number(5));
    }

    #[test]
    fn what_was_not_committed_is_gone_and_so_is_that_it_was_applied() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut first = open(folder.path());
        apply(&mut first, 1, "counter x += 5");
        drop(first);
        let second = open(folder.path());
        assert_eq!((second.applied(), second.replica.state().len()), (0, 0));
    }

    #[test]
    fn a_store_that_was_closed_keeps_its_id_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut first = open(folder.path());
        apply(&mut first, 1, "counter x += 5");
        first.close().expect("closes");
        let id = first.replica.id();
        drop(first);
        let second = open(folder.path());
        assert_eq!(second.replica.id(), id);
        assert_eq!((second.applied(), value(&second)), (1, Value::Number(5)));
        drop(second);
        assert_ne!(open(folder.path()).replica.id(), id, "the mark was used up");
    }

    #[test]
    fn everything_is_there_after_snapshots_too() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut first = open(folder.path());
        let long = "x".repeat(1_000);
        for number in 1..=200 {
            apply(&mut first, number, &format!("or-set things add {number}-{long}"));
            first.commit().expect("commits");
        }
        let before = readings(first.replica.state());
        drop(first);
        assert!(folder.path().join("snapshot").exists());
        let second = open(folder.path());
        assert_eq!((second.applied(), readings(second.replica.state())), (200, before));
    }

    #[test]
    fn a_timestamp_in_the_future_and_an_overflow_refuse_the_write() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut kept = open(folder.path());
        let refusal = refused(&mut kept, 1, "lww name = Alice at 99999999999999");
        assert!(refusal.contains("more than a minute in the future"), "{refusal}");
        apply(&mut kept, 1, "counter x += 18446744073709551615");
        assert!(refused(&mut kept, 2, "counter x += 1").contains("would exceed"));
        assert_eq!(kept.applied(), 1);
        assert_eq!(value(&kept), Value::Number(u64::MAX.into()));
    }
}
