//! What can go wrong, by operation.

use core::fmt;

use crdt_core::wire::{DecodeError, DecodeErrorKind};
use crdt_core::{AdmitError, ClockError, Timestamp};

use crate::ProbeError;

/// A store cannot be opened. It was not changed.
///
/// # What to do
///
/// A crash in the middle of a write leaves the *last* record cut short or damaged. It was never
/// reported as [`persisted`](crate::Replica::persisted), so nobody was told of it: delete it, and open
/// the store without it. Where several records are made durable at once, a crash may leave any of them
/// like that; so store those as one, and leave out all of them or none.
///
/// What cannot be read before the end is damage. Begin with an older copy of the store (its records
/// before the damaged one are such a copy), or with an empty one: peers bring back what they hold, and
/// what nobody else held is lost. After an older copy [`Event::Restored`](crate::Event::Restored) says
/// so when a peer is met that held more. That event comes, too, should the last record have been
/// durable and be damaged since, which cannot be told from a crash.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// The snapshot cannot be read.
    Snapshot(StoredError),
    /// A record cannot be read.
    Record {
        /// Its place among those given, from 0.
        place: usize,
        /// What is wrong with it.
        error: StoredError,
    },
    /// Records are missing: the first of a store, without a snapshot in place of it, or changes
    /// between others.
    Incomplete {
        /// The place of the first record that lacks what it builds on.
        place: usize,
    },
    /// An opening begins there that does not go on from what is before it: two processes had the store
    /// open at a time, or the records of two stores were mixed. A store is for one process at a time.
    Foreign {
        /// The place of the record.
        place: usize,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Snapshot(error) => write!(f, "the snapshot cannot be read: {error}"),
            Self::Record { place, error } => {
                write!(f, "the record at place {place} cannot be read: {error}")
            }
            Self::Incomplete { place } => write!(
                f,
                "the record at place {place} builds on a snapshot or on records that are missing \
                 before it: give the last snapshot and all records since, in order"
            ),
            Self::Foreign { place } => write!(
                f,
                "the record at place {place} begins an opening that does not go on from what is \
                 before it, as two processes had the store open or records of two stores are mixed: \
                 open what is before it, and what is from it on as a store of its own if it is whole"
            ),
        }
    }
}

impl core::error::Error for OpenError {}

/// A record or a snapshot cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoredError {
    /// Its checksum is not that of its bytes: they were damaged, cut short or prolonged, or were never
    /// a record or a snapshot.
    Damaged,
    /// It is undamaged, and something else than it was given for: what it is.
    Mistaken(&'static str),
    /// It is undamaged, but of a version that this release does not read, or longer than
    /// [`Config::budget`](crate::Config::budget) allows, which binds snapshots of others.
    Malformed(DecodeError),
    /// The state in it is of another type than this replica's, or of a version that this release does
    /// not read, or larger than [`Config::budget`](crate::Config::budget) allows.
    State(DecodeError),
}

impl fmt::Display for StoredError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged => f.write_str(
                "its checksum does not fit: the bytes were damaged or cut short, or are something \
                 else",
            ),
            Self::Mistaken(what) => write!(f, "it is {what}"),
            Self::Malformed(error) | Self::State(error) if is_beyond_budget(error) => {
                write!(f, "it is undamaged, but beyond Config::budget: {error}")
            }
            Self::Malformed(error) => {
                write!(f, "it is undamaged, but not of this release: {error}")
            }
            Self::State(error) => write!(
                f,
                "it is undamaged, but its state is of another type, or not of this release: {error}"
            ),
        }
    }
}

impl core::error::Error for StoredError {}

/// A [snapshot](crate::Replica::merge_snapshot) was not merged. Nothing was changed, but for what
/// [`Refused`](SnapshotError::Refused) says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The replica has been [closed](crate::Replica::close).
    Closed,
    /// The bytes are not those of a snapshot of such a state.
    Unreadable(StoredError),
    /// It is a snapshot of this very opening: there is nothing new in it.
    Oneself,
    /// It includes more changes of this opening than were made: another replica was opened with the
    /// same random bits.
    NeverMade {
        /// How many.
        claimed: u64,
        /// How many were made.
        held: u64,
    },
    /// It holds own writes that this replica never made, or made otherwise. If its id came with its
    /// store, it goes on under a new one from now on, and [`Event::Renewed`](crate::Event::Renewed)
    /// says so: then the snapshot can be merged.
    Refused(AdmitError),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the replica has been closed: open its store anew"),
            Self::Unreadable(error) => write!(f, "the snapshot cannot be read: {error}"),
            Self::Oneself => f.write_str(
                "the snapshot is of this opening itself, or of one with the same random bits: merge \
                 those of other replicas",
            ),
            Self::NeverMade { claimed, held } => write!(
                f,
                "the snapshot includes {claimed} changes of this opening, which has made only \
                 {held}: another replica was opened with the same random bits; draw them anew for \
                 every opening"
            ),
            Self::Refused(error) => write!(f, "the snapshot cannot be merged under this id: {error}"),
        }
    }
}

impl core::error::Error for SnapshotError {}

/// A write was not made. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// The replica has been [closed](crate::Replica::close).
    Closed,
    /// There is no timestamp to be had.
    Clock(ClockError),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the replica has been closed: open its store anew"),
            Self::Clock(ClockError::JumpedAhead { ahead_ms, max_jump_ms }) => write!(
                f,
                "the wall clock jumped {ahead_ms} ms ahead (at most {max_jump_ms} is taken \
                 without asking): mend it, or say with `Replica::confirm_clock` that it is right"
            ),
            Self::Clock(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for WriteError {}

impl From<ClockError> for WriteError {
    fn from(error: ClockError) -> Self {
        Self::Clock(error)
    }
}

/// A write was not made. Nothing was changed, unless `change` left something behind that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TryWriteError<E> {
    /// The replica cannot write.
    Write(WriteError),
    /// The change failed.
    Change(E),
}

impl<E: fmt::Display> fmt::Display for TryWriteError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write(error) => error.fmt(f),
            Self::Change(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for TryWriteError<E> {}

/// A message was not taken in. Nothing was changed, and the peer is told why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReceiveError {
    /// The replica has been [closed](crate::Replica::close).
    Closed,
    /// There is no such peer: say [`connect`](crate::Replica::connect) first.
    UnknownPeer,
    /// The message is longer than this replica accepts.
    TooLong {
        /// Its length.
        length: usize,
        /// The most that is accepted.
        most: usize,
    },
    /// It is part of a value that is longer than [`Config::max_transfer`](crate::Config::max_transfer).
    ValueTooLong {
        /// How long that is, encoded.
        length: u64,
        /// The most that is accepted.
        most: usize,
    },
    /// It is damaged.
    Damaged,
    /// It is undamaged, but none of the protocol's, or its state is of another type, or it is beyond
    /// [`Config::budget`](crate::Config::budget).
    Malformed(DecodeError),
    /// The peer speaks another major version of the protocol.
    Version {
        /// Theirs.
        theirs: u8,
        /// Ours.
        ours: u8,
    },
    /// The peer says that it is this very opening: a connection to oneself.
    Oneself,
    /// It claims what it cannot have honestly.
    Refused(AdmitError),
    /// It belongs to a comparison and makes no sense there.
    Comparison(ProbeError),
    /// It does not fit what was said before.
    Unexpected(&'static str),
}

impl fmt::Display for ReceiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed => f.write_str("the replica has been closed: open its store anew"),
            Self::UnknownPeer => {
                f.write_str("no such peer is connected: say so with `connect` first")
            }
            Self::TooLong { length, most } => write!(
                f,
                "a message of {length} bytes is longer than the {most} accepted: set max_message \
                 and max_transfer to the same everywhere"
            ),
            Self::ValueTooLong { length, most } => write!(
                f,
                "a value of {length} bytes is longer than the {most} that are held of what arrives: \
                 raise max_transfer at both ends"
            ),
            Self::Damaged => {
                f.write_str("the message was damaged on its way, or said over another connection")
            }
            Self::Malformed(error) if is_beyond_budget(error) => {
                write!(f, "the message is beyond Config::budget of who received it: {error}")
            }
            Self::Malformed(error) => write!(
                f,
                "the message is undamaged, but cannot be read: {error}; do both ends keep the same \
                 type of state?"
            ),
            Self::Version { theirs, ours } => write!(
                f,
                "protocol version {theirs} is not spoken here, version {ours} is: upgrade the older"
            ),
            Self::Oneself => f.write_str(
                "both ends are one opening, or were opened with the same random bits: draw them \
                 anew for every opening",
            ),
            Self::Refused(error) => error.fmt(f),
            Self::Comparison(error) => write!(f, "the comparison failed: {error}"),
            Self::Unexpected(what) => {
                write!(f, "the message does not fit what was said before: {what}")
            }
        }
    }
}

impl core::error::Error for ReceiveError {}

/// A value was not taken in, as it bears a timestamp too far ahead even for quarantine. The rest of
/// its change was; the peer is told why, and offers the value again from time to time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum QuarantineError {
    /// Nobody is to wait for it: one of the two clocks is wrong.
    TooFarAhead {
        /// The timestamp.
        timestamp: Timestamp,
        /// The local wall clock, in milliseconds since 1970.
        now_ms: u64,
        /// How far ahead it might have been.
        horizon_ms: u64,
    },
    /// There is no room left.
    Full {
        /// How many changes wait.
        items: usize,
        /// How many bytes they take.
        bytes: usize,
    },
}

impl fmt::Display for QuarantineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFarAhead { timestamp, now_ms, horizon_ms } => write!(
                f,
                "a value from {timestamp} is more than {horizon_ms} ms ahead of the clock here, \
                 which is at {now_ms} ms: check both clocks"
            ),
            Self::Full { items, bytes } => write!(
                f,
                "a value from the future finds the quarantine full, with {items} changes of \
                 {bytes} bytes: check the clocks, and discard what waits if nobody needs it"
            ),
        }
    }
}

impl core::error::Error for QuarantineError {}

fn is_beyond_budget(error: &DecodeError) -> bool {
    matches!(error.kind(), DecodeErrorKind::OverBudget(_))
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use crdt_core::ClockError;

    use super::WriteError;

    #[test]
    fn who_cannot_write_as_the_clock_jumped_is_told_how_to_go_on() {
        let jumped = ClockError::JumpedAhead { ahead_ms: 60_001, max_jump_ms: 60_000 };
        assert!(WriteError::Clock(jumped).to_string().contains("`Replica::confirm_clock`"));
        assert!(jumped.to_string().contains("`Clock::confirm`"));
    }
}
