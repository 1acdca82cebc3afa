//! Why the store did not do what it was asked to.

use core::fmt;

use crdt_registers::{AdmitError, ClockError};
use crdt_sets::wire::DecodeError;

/// Nothing was changed, unless it is [`Database`](StoreError::Database).
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// The database failed. Whether the last change is durable is not known, so this store answers
    /// nothing any more: open it again.
    Database(Box<redb::Error>),
    /// The store has failed before: open it again.
    Failed,
    /// The bytes are not an account.
    Decode(DecodeError),
    /// The bytes are an account that cannot be honest.
    Admit(AdmitError),
    /// The clock gives no timestamp.
    Clock(ClockError),
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) => write!(f, "the database failed, open it again: {error}"),
            Self::Failed => f.write_str("the database has failed before: open it again"),
            Self::Decode(error) => write!(f, "the bytes are not an account: {error}"),
            Self::Admit(error) => error.fmt(f),
            Self::Clock(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for StoreError {}

macro_rules! from {
    ($($error:ty => $variant:expr),* $(,)?) => {$(
        impl From<$error> for StoreError {
            fn from(error: $error) -> Self {
                $variant(error)
            }
        }
    )*};
}

from! {
    DecodeError => Self::Decode,
    AdmitError => Self::Admit,
    ClockError => Self::Clock,
    redb::TransactionError => Self::database,
    redb::TableError => Self::database,
    redb::StorageError => Self::database,
    redb::CommitError => Self::database,
}

impl StoreError {
    fn database(error: impl Into<redb::Error>) -> Self {
        Self::Database(Box::new(error.into()))
    }
}
