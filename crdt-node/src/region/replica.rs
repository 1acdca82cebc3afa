//! A region's state, with what makes its writes durable and its clock true.

use std::io;
use std::path::Path;

use crdt_core::{Admit, AdmitError, Clock, Delta, Limits, Reading, ReplicaId, Timestamp};

use crate::operations::{Change, Operation};
use crate::state::{Author, State, apply, timestamps};
use crate::store::{Record, Store};

/// How far ahead of use timestamps are reserved in the store.
const RESERVED_MS: u64 = 10_000;

pub(super) struct Replica {
    id: ReplicaId,
    clock: Clock,
    limits: Limits,
    store: Store,
    record: Record,
}

impl Replica {
    /// Opens the store under a new id: nothing tells whether it was left in good order, or is a
    /// copy.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let (store, record) = Store::open(folder)?;
        let id = ReplicaId::random();
        let clock = Clock::durable(record.ceiling);
        let mut replica = Self { id, clock, limits: Limits::default(), store, record };
        let held: Vec<_> = timestamps(&replica.record.state).collect();
        replica.observe(held);
        Ok(replica)
    }

    pub(super) fn id(&self) -> ReplicaId {
        self.id
    }

    pub(super) fn applied(&self) -> u64 {
        self.record.applied
    }

    pub(super) fn state(&self) -> &State {
        &self.record.state
    }

    /// Applies a local operation, durably, and returns its delta. One that is applied already
    /// changes nothing.
    ///
    /// The outer error is the store's, after which this replica must not go on; the inner one
    /// says why the operation is refused.
    pub(super) fn write(
        &mut self,
        number: u64,
        operation: Operation,
    ) -> io::Result<Result<State, String>> {
        if number <= self.record.applied {
            return Ok(Ok(State::default()));
        }
        let next = self.record.applied + 1;
        if number != next {
            return Ok(Err(format!("operation {number} came where {next} was expected")));
        }
        let timestamp = match self.timestamp(&operation.change)? {
            Ok(timestamp) => timestamp,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let author = Author { replica: self.id, timestamp };
        let delta = match apply(&mut self.record.state, author, operation) {
            Ok(delta) => delta,
            Err(refusal) => return Ok(Err(refusal.to_string())),
        };
        self.record.applied = number;
        self.store.save(&self.record)?;
        self.observe(timestamps(&delta));
        Ok(Ok(delta))
    }

    /// Merges what a peer sent, durably, and returns what of it was new. A refusal changes
    /// nothing.
    pub(super) fn take_in(&mut self, incoming: State) -> io::Result<Result<State, AdmitError>> {
        let now_ms = Reading::system().wall_ms;
        if let Err(refusal) = self.record.state.admit(&incoming, self.id, now_ms, &self.limits) {
            return Ok(Err(refusal));
        }
        let novel = self.record.state.merge_novel(incoming);
        if !novel.is_bottom() {
            self.store.save(&self.record)?;
            self.observe(timestamps(&novel));
        }
        Ok(Ok(novel))
    }

    /// The instant of a write that is stamped: what the file says, or else the clock.
    fn timestamp(&mut self, change: &Change) -> io::Result<Result<Timestamp, String>> {
        let reading = Reading::system();
        match change {
            Change::LwwWrite { at: Some(millis), .. } => {
                let Some(timestamp) = Timestamp::from_millis(*millis) else {
                    return Ok(Err(format!("{millis} ms is beyond the range of timestamps")));
                };
                let checked = self.limits.check_timestamp(timestamp, reading.wall_ms);
                let refused = "the time after `at` is more than a minute in the future";
                Ok(checked.map(|()| timestamp).map_err(|_too_far_ahead| refused.into()))
            }
            Change::LwwWrite { at: None, .. } => {
                if let Some(ceiling) = self.clock.wants_ceiling(reading, RESERVED_MS) {
                    self.record.ceiling = ceiling;
                    self.store.save(&self.record)?;
                    self.clock.raise_ceiling(ceiling);
                }
                Ok(self.clock.now(reading).map_err(|error| error.to_string()))
            }
            _ => Ok(Ok(Timestamp::MIN)),
        }
    }

    /// What was admitted, or written here, is not too far ahead for the clock either; a stored one
    /// may be, after the wall clock went back, and is then still superseded by a local write.
    fn observe(&mut self, timestamps: impl IntoIterator<Item = Timestamp>) {
        let reading = Reading::system();
        for timestamp in timestamps {
            let _refused = self.clock.observe(reading, timestamp, &self.limits);
        }
    }
}

#[cfg(test)]
mod tests {
    use crdt_core::{Delta, ReplicaId, Timestamp};

    use super::Replica;
    use crate::operations::{Operation, Value, parse_operation};
    use crate::state::{Author, State, apply, readings};

    fn operation(text: &str) -> Operation {
        parse_operation(text).expect("reads")
    }

    fn written(text: &str) -> State {
        let millis = u64::MAX >> 16;
        let timestamp = Timestamp::from_millis(millis).expect("in range");
        let author = Author { replica: ReplicaId::from_u128(7), timestamp };
        apply(&mut State::default(), author, operation(text)).expect("applies")
    }

    #[test]
    fn an_operation_is_applied_once_however_often_and_after_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut first = Replica::open(folder.path()).expect("opens");
        let delta = first.write(1, operation("counter x += 5")).expect("saves").expect("applies");
        assert!(!delta.is_bottom());
        let again = first.write(1, operation("counter x += 5")).expect("saves").expect("applies");
        assert!(again.is_bottom());
        let early = first.write(3, operation("counter x += 5")).expect("saves").unwrap_err();
        assert_eq!(early, "operation 3 came where 2 was expected");

        let mut second = Replica::open(folder.path()).expect("opens");
        assert_ne!(second.id(), first.id(), "a start is a new writer");
        assert_eq!(second.applied(), 1);
        let again = second.write(1, operation("counter x += 5")).expect("saves").expect("applies");
        assert!(again.is_bottom());
        assert_eq!(readings(second.state())[0].value, Value::Number(5));
    }

    #[test]
    fn what_a_peer_sends_from_the_future_is_refused_and_changes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut replica = Replica::open(folder.path()).expect("opens");
        let mut mixed = written("counter x += 5");
        mixed.5 = written("lww name = Alice").5;
        let refusal = replica.take_in(mixed).expect("saves").unwrap_err();
        assert!(refusal.to_string().contains("ahead of the local clock"), "{refusal}");
        assert!(replica.state().is_bottom());
    }

    #[test]
    fn what_is_merged_is_durable_and_only_what_is_new_is_returned() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut replica = Replica::open(folder.path()).expect("opens");
        let novel = replica.take_in(written("g-set tags add a")).expect("saves").expect("admitted");
        assert_eq!(novel, written("g-set tags add a"));
        let novel =
            replica.take_in(written("g-set tags add a b")).expect("saves").expect("admitted");
        assert_eq!(novel, written("g-set tags add b"));
        let reopened = Replica::open(folder.path()).expect("opens");
        assert_eq!(reopened.state(), &written("g-set tags add a b"));
    }

    #[test]
    fn a_timestamp_in_the_future_and_an_overflow_refuse_the_write() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut replica = Replica::open(folder.path()).expect("opens");
        for (text, says) in [
            ("lww name = Alice at 99999999999999", "more than a minute in the future"),
            ("lww name = Alice at 18446744073709551615", "beyond the range of timestamps"),
        ] {
            let refusal = replica.write(1, operation(text)).expect("saves").unwrap_err();
            assert!(refusal.contains(says), "{refusal}");
        }
        let most = operation("counter x += 18446744073709551615");
        replica.write(1, most).expect("saves").expect("applies");
        let refused = replica.write(2, operation("counter x += 1")).expect("saves");
        assert!(refused.is_err());
        assert_eq!(replica.applied(), 1);
        assert_eq!(readings(replica.state())[0].value, Value::Number(u64::MAX.into()));
    }
}
