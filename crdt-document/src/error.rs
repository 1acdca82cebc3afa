//! Why something is not written.

use alloc::sync::Arc;
use core::fmt;

use crdt_core::{ClockError, ReplicaId};

use crate::Kind;

/// A write of a transaction is not possible. It changed nothing; and when the transaction ends with
/// it, nothing else of the transaction has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteError {
    /// The total of one replica, in one direction, would exceed `u64::MAX`. A replica that counts
    /// a billion a second comes here after 584 years; an amount that was computed wrongly, at
    /// once. Another replica id has a total of its own.
    CounterOverflow {
        /// The counter.
        name: Arc<str>,
        /// Who wanted to count.
        replica: ReplicaId,
        /// What it has counted so far in this direction, resets notwithstanding.
        total: u64,
        /// What it wanted to count in addition.
        amount: u64,
    },
    /// What only grows cannot be removed.
    GrowOnly {
        /// The name.
        name: Arc<str>,
        /// What it is used as.
        kind: Kind,
    },
    /// There is no timestamp after the one that the register holds. Only a forged one, merged
    /// without [`admit`](crdt_core::Admit::admit), comes there.
    Clock(ClockError),
    /// The replica has used up its 2^48 writes. Go on under a new id.
    DotsUsedUp {
        /// Who wanted to write.
        replica: ReplicaId,
    },
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CounterOverflow { name, replica, total, amount } => write!(
                f,
                "replica {replica} has counted {total} in {name:?} and cannot count {amount} more, \
                 for its total would exceed {}: check the amount, or count under another replica id",
                u64::MAX
            ),
            Self::GrowOnly { name, kind } => {
                let kind = if *kind == Kind::GSet { "a grow-only set" } else { "a counter" };
                write!(
                    f,
                    "{name:?} holds {kind}, which cannot be removed, and nothing under the name was: \
                     remove by its kind what else it is used as"
                )
            }
            Self::Clock(error) => error.fmt(f),
            Self::DotsUsedUp { replica } => {
                write!(f, "replica {replica} has used up its writes: go on under a new id")
            }
        }
    }
}

impl core::error::Error for WriteError {}

impl From<ClockError> for WriteError {
    fn from(error: ClockError) -> Self {
        Self::Clock(error)
    }
}

/// A value cannot be moved to another document. Neither document was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MoveError {
    /// Two replicas that move such a value at the same time would have it twice: each total would
    /// count twice, and what only grows cannot be removed where it was.
    NotMovable {
        /// The name.
        name: Arc<str>,
        /// What it is used as.
        kind: Kind,
    },
    /// The name is not used so: there is nothing to move.
    NotThere {
        /// The name.
        name: Arc<str>,
        /// What it was to be used as.
        kind: Kind,
    },
    /// It cannot be written where it should go.
    Write(WriteError),
}

impl fmt::Display for MoveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotMovable { name, kind } => write!(
                f,
                "{name:?} is a {kind}, which cannot be moved: two moves at the same time would \
                 count it twice"
            ),
            Self::NotThere { name, kind } => write!(f, "there is no {kind} named {name:?} to move"),
            Self::Write(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for MoveError {}

impl From<WriteError> for MoveError {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}
