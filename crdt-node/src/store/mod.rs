//! What a node keeps of its documents, so that it can be killed at any moment.
//!
//! Of each document: the last snapshot, and the records since. What is committed together is durable
//! together, or not at all.
//!
//! | file | what it answers |
//! |---|---|
//! | `redb` | a file that survives the process |
//! | `memory` | the same for tests, until the process ends |
//! | `erase` | how a document is taken out of a file |
//! | `error` | why a store cannot be used |

#[cfg(test)]
mod damage_tests;
mod erase;
mod error;
mod memory;
mod redb;
#[cfg(test)]
mod tests;

use std::fmt;

pub use self::redb::Redb;
pub use erase::erase;
pub use error::StoreError;
pub use memory::Memory;

/// Which document: its name, and that of the scope that it is in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The scope.
    pub scope: String,
    /// The document.
    pub document: String,
}

impl Address {
    /// The document of this name in this scope.
    pub fn new(scope: impl Into<String>, document: impl Into<String>) -> Self {
        Self { scope: scope.into(), document: document.into() }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.scope, self.document)
    }
}

/// What a store holds of one document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// The last snapshot, if there is one.
    pub snapshot: Option<Vec<u8>>,
    /// The records since, in order.
    pub records: Vec<Vec<u8>>,
}

/// One change of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Goes behind the records of a document.
    Record(Address, Vec<u8>),
    /// Takes the place of the snapshot of a document and of its records so far.
    Snapshot(Address, Vec<u8>),
    /// Nothing of the document is kept.
    Erase(Address),
}

impl Change {
    /// How many bytes of content it has.
    fn length(&self) -> usize {
        match self {
            Self::Record(_, bytes) | Self::Snapshot(_, bytes) => bytes.len(),
            Self::Erase(_) => 0,
        }
    }
}

/// Keeps documents.
pub trait Store: Send + Sync {
    /// Of which documents there is something, in order.
    ///
    /// # Errors
    ///
    /// When the store cannot be read.
    fn addresses(&self) -> Result<Vec<Address>, StoreError>;

    /// What there is of a document: nothing, if there is none of this name.
    ///
    /// # Errors
    ///
    /// When the store cannot be read, or a record is missing.
    fn read(&self, address: &Address) -> Result<Stored, StoreError>;

    /// Makes changes durable, in their order: all of them or, should the process end or the disk
    /// refuse, none. Costs two waits for the disk, however many they are: what they are, and that they are.
    ///
    /// # Errors
    ///
    /// When the disk refuses: then nobody knows whether the commit will show up, and the store must
    /// be opened anew.
    fn commit(&self, changes: &[Change]) -> Result<(), StoreError>;

    /// How many bytes it takes on disk, or would.
    ///
    /// # Errors
    ///
    /// When that cannot be found out.
    fn size(&self) -> Result<u64, StoreError>;
}
