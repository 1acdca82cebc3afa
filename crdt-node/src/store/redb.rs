//! A store in one file.

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use redb::{
    Database, DatabaseError, ReadableDatabase, ReadableTable, ReadableTableMetadata, Table,
    TableDefinition, WriteTransaction,
};

use super::{Address, Change, Store, StoreError, Stored};

/// The version of the tables below.
pub(super) const VERSION: u64 = 1;

/// What is in the file: its version under the empty name.
pub(super) const ABOUT: TableDefinition<'_, &str, u64> = TableDefinition::new("about");
/// The last snapshot of a document and the number of the record that goes on from there.
const SNAPSHOTS: TableDefinition<'_, (&str, &str), (u64, &[u8])> =
    TableDefinition::new("snapshots");
/// The records of a document since, numbered without gaps.
pub(super) const RECORDS: TableDefinition<'_, (&str, &str, u64), &[u8]> =
    TableDefinition::new("records");

type Snapshots<'t> = Table<'t, (&'static str, &'static str), (u64, &'static [u8])>;
type Records<'t> = Table<'t, (&'static str, &'static str, u64), &'static [u8]>;

/// Keeps documents in `documents.redb` of a folder. One process at a time has it open.
#[derive(Debug)]
pub struct Redb {
    database: Database,
    path: PathBuf,
}

impl Redb {
    /// Opens the store of this folder. Where there is no file, one is made: it holds nothing.
    ///
    /// # Errors
    ///
    /// When another process has it open, when it is damaged or of a later release, and when the disk
    /// refuses. Such a store is never taken for an empty one: that would forget what was confirmed.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        make_folder(folder)?;
        let path = Self::file(folder);
        if !path.try_exists().map_err(|error| StoreError::io(&path, error))? {
            Self::make(folder, &path)?;
        }
        let open = || Database::open(&path).map_err(|error| refusal(&path, error));
        let database = sound(&path, open)?;
        let store = Self { database, path };
        sound(&store.path, || store.check_version())?;
        Ok(store)
    }

    /// Where the store of a folder is.
    pub(super) fn file(folder: &Path) -> PathBuf {
        folder.join("documents.redb")
    }

    /// Makes a file that holds nothing, under another name until it is whole: what there is under its own
    /// name can be opened, whenever the process ends. Two processes that make one at the same time each
    /// make a file of their own, and the first under the name stays.
    fn make(folder: &Path, path: &Path) -> Result<(), StoreError> {
        let failed = |error| StoreError::io(path, error);
        let begun = tempfile::Builder::new()
            .prefix("documents.redb.")
            .tempfile_in(folder)
            .map_err(failed)?
            .into_temp_path();
        let database = Database::create(&begun).map_err(|error| refusal(&begun, error))?;
        let made = Self { database, path: begun.to_path_buf() };
        made.check_version()?;
        drop(made);
        match begun.persist_noclobber(path) {
            Ok(()) => {}
            Err(other) if other.error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(other) => return Err(failed(other.error)),
        }
        // The name is in the folder, and that has to be durable, too.
        sync_folder(folder)
    }

    /// Enters the version into a file that was begun just now.
    fn enter_version(&self) -> Result<(), StoreError> {
        let transaction = self.begin()?;
        transaction.open_table(ABOUT)?.insert("", VERSION)?;
        transaction.open_table(SNAPSHOTS)?;
        transaction.open_table(RECORDS)?;
        transaction.commit()?;
        Ok(())
    }

    /// Enters the version into a file that was begun just now, and refuses any other.
    fn check_version(&self) -> Result<(), StoreError> {
        let transaction = self.database.begin_write()?;
        {
            let mut about = transaction.open_table(ABOUT)?;
            let version = about.get("")?.map(|version| version.value());
            match version {
                Some(VERSION) => {}
                Some(version) => {
                    return Err(StoreError::Newer { path: self.path.clone(), version });
                }
                None if transaction.open_table(RECORDS)?.is_empty()? => {
                    about.insert("", VERSION)?;
                    transaction.open_table(SNAPSHOTS)?;
                }
                None => {
                    let what = "it does not say its version".into();
                    return Err(StoreError::Damaged { path: self.path.clone(), what });
                }
            }
        }
        transaction.commit()?;
        Ok(())
    }
}

/// Does what may come upon damage. The database asserts some of what it expects of a file: that a page
/// is there, for one. Such a file is damaged, and no reason to end the process.
fn sound<T>(path: &Path, read: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_panic| {
        let what = "the database cannot make sense of it".into();
        Err(StoreError::Damaged { path: path.into(), what })

    /// Begins what becomes as durable as the disk can make it: `Durability::Immediate` is what is not
    /// said otherwise. In two phases, as the database would else go back by one commit, without a word,
    /// when it finds damage after a crash: it cannot tell that from a commit cut short. Cost: a second wait
    /// for the disk in each commit, so that a short one takes 0.33 ms instead of 0.24 ms (the median on one
    /// virtual disk).
    fn begin(&self) -> Result<WriteTransaction, StoreError> {
        let mut transaction = self.database.begin_write()?;
        transaction.set_two_phase_commit(true);
        Ok(transaction)
    }

    fn damaged(&self, what: String) -> StoreError {
        StoreError::Damaged { path: self.path.clone(), what }
    }
}

/// Makes a folder, and those that it is in, so that their names outlast a power failure, too.
fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let is_missing = |folder: &&Path| !folder.as_os_str().is_empty() && !folder.exists();
    let missing: Vec<_> = folder.ancestors().take_while(is_missing).collect();
    fs::create_dir_all(folder).map_err(|error| StoreError::io(folder, error))?;
    for made in missing {
        let parent = made.parent().filter(|parent| !parent.as_os_str().is_empty());
        sync_folder(parent.unwrap_or(Path::new(".")))?;
    }
    Ok(())
}

/// Has the names that are in a folder outlast a power failure.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    #[cfg(test)]
    super::tests::SYNCED.with_borrow_mut(|synced| synced.push(folder.to_path_buf()));
    #[cfg(unix)]
    fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| StoreError::io(folder, error))?;
    Ok(())
    })
}

/// What a database says when it is opened, in our words.
fn refusal(path: &Path, error: DatabaseError) -> StoreError {
    let path = path.to_path_buf();
    match error {
        DatabaseError::DatabaseAlreadyOpen => StoreError::InUse { path },
        DatabaseError::Storage(redb::StorageError::Io(error))
            if error.kind() != std::io::ErrorKind::InvalidData =>
        {
            StoreError::Io { path, error }
        }
        other => StoreError::Damaged { path, what: other.to_string() },
    }
}

impl Store for Redb {
    fn addresses(&self) -> Result<Vec<Address>, StoreError> {
        sound(&self.path, || self.all_addresses())
    }

    fn read(&self, address: &Address) -> Result<Stored, StoreError> {
        sound(&self.path, || self.read_one(address))
    }

    fn commit(&self, changes: &[Change]) -> Result<(), StoreError> {
        // As durable as the disk can make it: `Durability::Immediate` is what is not said otherwise.
        let transaction = self.database.begin_write()?;
        apply(&transaction, changes)?;
        transaction.commit()?;
        Ok(())
    }

    fn size(&self) -> Result<u64, StoreError> {
        let about = fs::metadata(&self.path).map_err(|error| StoreError::io(&self.path, error))?;
        Ok(about.len())
    }
}

impl Redb {
    fn all_addresses(&self) -> Result<Vec<Address>, StoreError> {
        let transaction = self.database.begin_read()?;
        let mut addresses = BTreeSet::new();
        for entry in transaction.open_table(SNAPSHOTS)?.iter()? {
            let (address, _) = entry?;
            let (scope, document) = address.value();
            addresses.insert(Address::new(scope, document));
        }
        let records = transaction.open_table(RECORDS)?;
        // From one document to the next, and not from record to record.
        let mut next = records.first()?.map(|(key, _)| address_of(&key));
        while let Some(address) = next {
            let after = (address.scope.as_str(), address.document.as_str(), u64::MAX);
            let key = records.range(after..)?.next().transpose()?;
            next = key.map(|(key, _)| address_of(&key));
            addresses.insert(address);
        }
        Ok(addresses.into_iter().collect())
    }

    fn read_one(&self, address: &Address) -> Result<Stored, StoreError> {
        let transaction = self.database.begin_read()?;
        let (scope, document) = (address.scope.as_str(), address.document.as_str());
        let mut stored = Stored::default();
        let mut expected = 0;
        if let Some(snapshot) = transaction.open_table(SNAPSHOTS)?.get((scope, document))? {
            let (next, bytes) = snapshot.value();
            (expected, stored.snapshot) = (next, Some(bytes.into()));
        }
        let records = transaction.open_table(RECORDS)?;
        for entry in records.range((scope, document, 0)..(scope, document, u64::MAX))? {
            let (key, bytes) = entry?;
            if key.value().2 != expected {
                return Err(StoreError::Missing { address: address.clone(), record: expected });
            }
            expected += 1;
            stored.records.push(bytes.value().into());
        }
        Ok(stored)
    }
}

fn address_of(key: &redb::AccessGuard<'_, (&'static str, &'static str, u64)>) -> Address {
    let (scope, document, _) = key.value();
    Address::new(scope, document)
}

fn apply(transaction: &WriteTransaction, changes: &[Change]) -> Result<(), StoreError> {
    let mut snapshots = transaction.open_table(SNAPSHOTS)?;
    let mut records = transaction.open_table(RECORDS)?;
    for change in changes {
        match change {
            Change::Record(address, bytes) => {
                let number = next_number(&snapshots, &records, address)?;
                let key = (address.scope.as_str(), address.document.as_str(), number);
                records.insert(key, bytes.as_slice())?;
            }
            Change::Snapshot(address, bytes) => {
                let number = next_number(&snapshots, &records, address)?;
                remove_records(&mut records, address)?;
                let key = (address.scope.as_str(), address.document.as_str());
                snapshots.insert(key, (number, bytes.as_slice()))?;
            }
            Change::Erase(address) => {
                remove_records(&mut records, address)?;
                snapshots.remove((address.scope.as_str(), address.document.as_str()))?;
            }
        }
    }
    Ok(())
}

/// The number of the record that comes next.
fn next_number(
    snapshots: &Snapshots<'_>,
    records: &Records<'_>,
    address: &Address,
) -> Result<u64, StoreError> {
    let (scope, document) = (address.scope.as_str(), address.document.as_str());
    let last = records.range((scope, document, 0)..(scope, document, u64::MAX))?.next_back();
    if let Some(last) = last.transpose()? {
        return Ok(last.0.value().2 + 1);
    }
    Ok(snapshots.get((scope, document))?.map_or(0, |snapshot| snapshot.value().0))
}

fn remove_records(records: &mut Records<'_>, address: &Address) -> Result<(), StoreError> {
    let (scope, document) = (address.scope.as_str(), address.document.as_str());
    records.retain_in((scope, document, 0)..(scope, document, u64::MAX), |_, _| false)?;
    Ok(())
}
