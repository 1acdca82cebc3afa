//! What can go wrong, by operation.

use core::fmt;

use crdt_core::wire::DecodeError;
use crdt_core::{AdmitError, ClockError, Timestamp};

use crate::ProbeError;

/// A store cannot be opened. It was not changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// The snapshot is damaged, or of a version that this release does not read.
    Snapshot(DecodeError),
    /// A record is damaged, or of a version that this release does not read. One that was cut short
    /// at the end of the store, by a crash while it was being written, was never reported as
    /// durable: leave it out.
    Record {
        /// Its place among those given, from 0.
        place: usize,
        /// What is wrong with it.
        error: DecodeError,
    },
    /// Records are missing: the first of a store, without a snapshot in place of it, or some between
    /// others.
    Incomplete {
        /// The place of the first record that lacks what it builds on.
        place: usize,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Snapshot(error) => write!(f, "the snapshot cannot be read: {error}"),
            Self::Record { place, error } => write!(f, "record {place} cannot be read: {error}"),
            Self::Incomplete { place } => write!(
                f,
                "record {place} builds on a snapshot or on records that are missing before it"
            ),
        }
    }
}

impl core::error::Error for OpenError {}

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
    /// It is none of the protocol's.
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
            Self::Closed => f.write_str("the replica has been closed"),
            Self::UnknownPeer => f.write_str("no such peer is connected"),
            Self::TooLong { length, most } => {
                write!(f, "a message of {length} bytes is longer than the {most} accepted")
            }
            Self::ValueTooLong { length, most } => write!(
                f,
                "a value of {length} bytes is longer than the {most} that are held of what arrives: \
                 raise max_transfer at both ends"
            ),
            Self::Damaged => {
                f.write_str("the message was damaged on its way, or said over another connection")
            }
            Self::Malformed(error) => write!(f, "the message cannot be read: {error}"),
            Self::Version { theirs, ours } => write!(
                f,
                "protocol version {theirs} is not spoken here, version {ours} is: upgrade the older"
            ),
            Self::Oneself => f.write_str(
                "it comes from this opening itself, or from one with the same random bits",
            ),
            Self::Refused(error) => error.fmt(f),
            Self::Comparison(error) => write!(f, "the comparison failed: {error}"),
            Self::Unexpected(what) => write!(f, "the message does not fit: {what}"),
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
                 {bytes} bytes: check the clocks, or discard what waits"
            ),
        }
    }
}

impl core::error::Error for QuarantineError {}
