//! Why a region cannot run.

use std::path::PathBuf;
use std::{fmt, io};

use crdt_sync::OpenError;

use super::store::StoreError;

/// A region cannot start, or cannot go on. What it had confirmed is in its store.
#[derive(Debug)]
pub enum RegionError {
    /// Its store cannot be opened or written to.
    Store(StoreError),
    /// The store in this folder is whole, but holds what this release cannot read.
    Open(PathBuf, OpenError),
    /// There is no port or no thread to be had, or the supervisor no longer listens.
    Io(io::Error),
}

impl fmt::Display for RegionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Open(folder, error) => {
                write!(f, "the store {} cannot be opened: {error}", folder.display())
            }
            Self::Io(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for RegionError {}

impl From<StoreError> for RegionError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<io::Error> for RegionError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}
