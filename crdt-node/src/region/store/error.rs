//! Why a store cannot be used.

use std::path::{Path, PathBuf};
use std::{fmt, io};

/// A store cannot be opened, or written to. Nothing that was committed is lost by that.
#[derive(Debug)]
pub enum StoreError {
    /// The disk refuses.
    Io {
        /// What was to be done.
        verb: &'static str,
        /// To what.
        path: PathBuf,
        /// What it says.
        error: io::Error,
    },
    /// Another process has it open.
    InUse {
        /// Its folder.
        folder: PathBuf,
    },
    /// A file holds something else than was written.
    Damaged {
        /// Which.
        path: PathBuf,
        /// From which byte on.
        place: u64,
        /// What is wrong with it.
        what: String,
    },
    /// A file is gone on which the others build.
    Missing {
        /// Which.
        path: PathBuf,
    },
}

impl StoreError {
    pub(super) fn io(verb: &'static str, path: &Path, error: io::Error) -> Self {
        Self::Io { verb, path: path.into(), error }
    }

    pub(super) fn damaged(path: &Path, place: u64, what: &str) -> Self {
        Self::Damaged { path: path.into(), place, what: what.into() }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let restore = "restore the folder from a copy, or remove it to begin anew from the peers";
        match self {
            Self::Io { verb, path, error } => {
                write!(f, "cannot {verb} {}: {error}", path.display())
            }
            Self::InUse { folder } => {
                write!(f, "another process has the store {} open: end it first", folder.display())
            }
            Self::Damaged { path, place, what } => {
                write!(f, "{} is damaged at byte {place}: {what}; {restore}", path.display())
            }
            Self::Missing { path } => {
                write!(f, "{} is missing, on which the store builds; {restore}", path.display())
            }
        }
    }
}

impl std::error::Error for StoreError {}
