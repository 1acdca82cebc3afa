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
    ///
    /// Cost: that of reading the file, as the checksums of all that it holds are verified: 0.5 to 0.8 s for
    /// 100 MB of documents in a file of 270 MB.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        make_folder(folder)?;
        let path = Self::file(folder);
        if !path.try_exists().map_err(|error| StoreError::io(&path, error))? {
            Self::make(folder, &path)?;
        }
        let open = || {
            let refused = |error| refusal(&path, error);
            let mut database = Database::open(&path).map_err(refused)?;
            // What was closed in good order is believed by the database, whatever its bytes have become.
            let _whole = database.check_integrity().map_err(refused)?;
            Ok(database)
        };
        let database = sound(&path, open)?;
        let store = Self { database, path };
        let checked = sound(&store.path, || {
            store.check_version()?;
            // What is no part of a checksum, the database finds when it writes.
            Ok(store.begin()?.commit()?)
        });
        if let Err(refused) = checked {
            let path = store.path.clone();
            let close = move || {
                drop(store);
                Ok(())
            };
            let _as_damaged = sound(&path, close);
            return Err(refused);
        }
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
        made.enter_version()?;
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

    /// Refuses any other version. A file that does not say one has lost it, with all else perhaps.
    fn check_version(&self) -> Result<(), StoreError> {
        let transaction = self.database.begin_read()?;
        let about = match transaction.open_table(ABOUT) {
            Ok(about) => about.get("")?.map(|version| version.value()),
            Err(redb::TableError::TableDoesNotExist(_)) => None,
            Err(error) => return Err(error.into()),
        };
        match about {
            Some(VERSION) => Ok(()),
            Some(version) => Err(StoreError::Newer { path: self.path.clone(), version }),
            None => Err(self.damaged("it does not say its version".into())),
        }
    }

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
}

/// Does what may come upon damage. The database asserts some of what it expects of a file: that a page
/// is there, for one. Such a file is damaged, and no reason to end the process.
fn sound<T>(path: &Path, read: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_panic| {
        let what = "the database cannot make sense of it".into();
        Err(StoreError::Damaged { path: path.into(), what })
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
        let transaction = self.begin()?;
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
        let snapshots = transaction.open_table(SNAPSHOTS)?;
        let mut read = 0;
        for entry in snapshots.iter()? {
            let (address, _) = entry?;
            let (scope, document) = address.value();
            addresses.insert(Address::new(scope, document));
            read += 1;
        }
        self.check_count("snapshots", read, snapshots.len()?)?;
        let records = transaction.open_table(RECORDS)?;
        let (mut read, mut last) = (0, None);
        for entry in records.iter()? {
            let (key, _) = entry?;
            let (scope, document, _) = key.value();
            // From one record of a document to the next nothing is copied.
            let is_of = |last: &Address| last.scope == scope && last.document == document;
            if !last.as_ref().is_some_and(is_of) {
                addresses.extend(last.replace(Address::new(scope, document)));
            }
            read += 1;
        }
        addresses.extend(last);
        self.check_count("records", read, records.len()?)?;
        Ok(addresses.into_iter().collect())
    }

    /// Refuses a store of which less, or more, is found than was put there.
    fn check_count(&self, what: &str, read: u64, held: u64) -> Result<(), StoreError> {
        if read == held {
            return Ok(());
        }
        Err(self.damaged(format!("it holds {held} {what}, and {read} can be read")))
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
