//! What a region keeps, so that it can be killed at any moment.
//!
//! One file holds all that must survive together. It is replaced whole, by a rename that is
//! durable before anything is answered or sent. So a kill leaves the old content or the new.
//! The cost is that of the whole state for every change: a store for a demonstration.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crdt_core::Timestamp;
use crdt_core::wire::{Budget, DecodeError, Reader, Wire, Writer};

use crate::state::State;

/// What survives.
#[derive(Debug, Default, PartialEq)]
pub struct Record {
    /// How many operations of this region's part of the file are in the state.
    pub applied: u64,
    /// No timestamp above it was minted.
    pub ceiling: Timestamp,
    /// All values.
    pub state: State,
}

impl Wire for Record {
    fn write_to(&self, writer: &mut Writer) {
        self.applied.write_to(writer);
        self.ceiling.write_to(writer);
        self.state.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (applied, ceiling, state) = Wire::read_from(reader)?;
        Ok(Self { applied, ceiling, state })
    }
}

/// The folder of one region.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
}

impl Store {
    /// Opens the folder, which is made when there is none, and reads what it keeps: the default
    /// record when nothing was ever written.
    ///
    /// # Errors
    ///
    /// When the folder cannot be made or the file cannot be read. A file that is damaged is never
    /// taken for an empty one: that would forget what was confirmed.
    pub fn open(folder: &Path) -> io::Result<(Self, Record)> {
        let store = Self { folder: folder.into() };
        fs::create_dir_all(folder).map_err(|error| about(folder, "make", &error))?;
        let path = store.path();
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok((store, Record::default()));
            }
            Err(error) => return Err(about(&path, "read", &error)),
        };
        let record = Record::decode_within(&bytes, &Budget::unbounded())
            .map_err(|error| about(&path, "read", &io::Error::other(error)))?;
        Ok((store, record))
    }

    /// Replaces what is kept. Durable when it returns.
    ///
    /// # Errors
    ///
    /// When the disk refuses. What was kept before is still there, or the new record is.
    pub fn save(&self, record: &Record) -> io::Result<()> {
        let bytes = record.encode();
        let (path, new) = (self.path(), self.folder.join("record.new"));
        let write = || {
            let mut file = File::create(&new)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            sync_folder(&self.folder)
        };
        write().map_err(|error| about(&path, "write", &error))
    }

    fn path(&self) -> PathBuf {
        self.folder.join("record")
    }
}

/// A rename is durable when its folder is. Where a folder cannot be opened as a file, the
/// filesystem sees to it.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn about(path: &Path, verb: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot {verb} {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use crdt_core::{ReplicaId, Timestamp};

    use super::{Record, Store};
    use crate::operations::parse_operation;
    use crate::state::{Author, apply};

    fn record() -> Record {
        let mut record =
            Record { applied: 7, ceiling: Timestamp::from_bits(9), ..Record::default() };
        let author = Author { replica: ReplicaId::from_u128(1), timestamp: Timestamp::MIN };
        let operation = parse_operation("or-set cart add A").expect("reads");
        apply(&mut record.state, author, operation).expect("applies");
        record
    }

    #[test]
    fn what_was_saved_last_is_opened() {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, first) = Store::open(folder.path()).expect("opens");
        assert_eq!(first, Record::default());
        store.save(&first).expect("saves");
        store.save(&record()).expect("saves");
        assert_eq!(Store::open(folder.path()).expect("opens").1, record());
    }

    #[test]
    fn a_write_that_was_cut_short_leaves_the_record_before() {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, _) = Store::open(folder.path()).expect("opens");
        store.save(&record()).expect("saves");
        fs::write(folder.path().join("record.new"), b"half").expect("writes");
        assert_eq!(Store::open(folder.path()).expect("opens").1, record());
    }

    #[test]
    fn a_damaged_record_is_an_error_and_not_a_fresh_start() {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, _) = Store::open(folder.path()).expect("opens");
        store.save(&record()).expect("saves");
        let path = folder.path().join("record");
        let whole = fs::read(&path).expect("reads");
        fs::write(&path, &whole[..whole.len() - 1]).expect("writes");
        let error = Store::open(folder.path()).expect_err("must be refused");
        assert!(error.to_string().contains("the message is truncated"), "{error}");
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }
}
