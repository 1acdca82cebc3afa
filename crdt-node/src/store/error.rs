//! Why a store cannot be used.

use std::path::{Path, PathBuf};
use std::{fmt, io};

use super::Address;

/// A store cannot be opened, read or written to. Nothing that was committed is lost by that.
#[derive(Debug)]
#[non_exhaustive]
pub enum StoreError {
    /// The folder cannot be made or its file not be found.
    Io {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Another process has it open.
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// A release after this one has written it.
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u64,
    },
    /// It is not what was written, or was written by something else.
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A record of a document is missing.
    Missing {
        /// Which document.
        address: Address,
        /// Which of its records.
        record: u64,
    },
    /// It was stopped amid a commit.
    Stopped,
    /// The database failed.
    Database(Box<redb::Error>),
}

impl StoreError {
    pub(super) fn io(path: &Path, error: io::Error) -> Self {
        Self::Io { path: path.into(), error }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let restore = "restore it from a copy, or remove it to begin anew from the peers";
        match self {
            Self::Io { path, error } => write!(f, "{}: {error}", path.display()),
            Self::InUse { path } => {
                write!(f, "another process has {} open: end it first", path.display())
            }
            Self::Newer { path, version } => write!(
                f,
                "{} is of version {version}, and this release writes version {}: run a later one",
                path.display(),
                super::redb::VERSION
            ),
            Self::Damaged { path, what } => {
                write!(f, "{} is damaged: {what}; {restore}", path.display())
            }
            Self::Missing { address, record } => {
                write!(f, "record {record} of {address} is missing in the store; {restore}")
            }
            Self::Stopped => f.write_str("the store was stopped amid a commit: open it anew"),
            Self::Database(error) => write!(f, "the store failed: {error}"),
        }
    }
}

impl std::error::Error for StoreError {}

macro_rules! from {
    ($($error:ty),* $(,)?) => {$(
        impl From<$error> for StoreError {
            fn from(error: $error) -> Self {
                Self::Database(Box::new(error.into()))
            }
        }
    )*};
}

from!(redb::TransactionError, redb::TableError, redb::StorageError, redb::CommitError);
