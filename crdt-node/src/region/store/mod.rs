//! What a region keeps, so that it can be killed at any moment.
//!
//! | file in its folder | what it holds |
//! |---|---|
//! | `snapshot` | everything up to some moment, and the number of the log that goes on from there |
//! | `log-N` | what happened since, commit by commit |
//! | `lock` | nothing: who has it locked has the store open |
//!
//! Each commit is one frame at the end of the log, synced before it counts. When the log has become
//! longer than a snapshot would be, a snapshot is written beside the old one, synced, and renamed
//! over it; from then on it is the next log that counts. So whenever the process ends, the store
//! holds every commit that was reported as done, and perhaps the one that was under way.
//!
//! | file | what it answers |
//! |---|---|
//! | `frame` | which bytes are a whole commit |
//! | `log` | what is in a log, and where it was cut short |
//! | `error` | why a store cannot be used |

mod error;
mod frame;
mod log;

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crdt_core::wire::{Budget, Wire};

pub use error::StoreError;
use log::Log;

/// The log may always become this long before a snapshot takes its place.
const LEAST_LOG: u64 = 64 << 10;

/// The folder of one region, open.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    log: Log,
    /// The length of the last snapshot.
    snapshot: u64,
    least_log: u64,
    /// Locked for as long as the store is open, by whatever way the process ends.
    _lock: File,
}

/// What a store held when it was opened.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// The last snapshot, if there is one.
    pub snapshot: Option<Vec<u8>>,
    /// The records committed since, in order.
    pub records: Vec<Vec<u8>>,
    /// How many operations of the region's part of the file are in all that.
    pub applied: u64,
    /// How many bytes of a commit were left out that was cut short at the end.
    pub cut_off: u64,
}

/// One commit: how many operations are applied with it, and its records.
type Commit = (u64, Vec<Vec<u8>>);

/// A snapshot as it is stored: the number of the log that goes on, how many operations are applied,
/// and the bytes.
type Whole = (u64, u64, Vec<u8>);

impl Store {
    /// Opens the folder, which is made when there is none, and reads what it keeps.
    ///
    /// # Errors
    ///
    /// When another process has it open, when the disk refuses, and when something is damaged or
    /// missing. Such a store is never taken for an empty one: that would forget what was confirmed.
    /// Only a commit at the very end that is not whole is left out: it was under way when the
    /// process ended, so nobody was told that it was done.
    pub fn open(folder: &Path) -> Result<(Self, Stored), StoreError> {
        Self::open_with(folder, LEAST_LOG)
    }

    /// As [`open`](Self::open), with another length that the log may always have.
    fn open_with(folder: &Path, least_log: u64) -> Result<(Self, Stored), StoreError> {
        make(folder).map_err(|error| StoreError::io("make", folder, error))?;
        let lock = lock(folder)?;
        let mut stored = Stored::default();
        let (mut number, mut snapshot) = (0, 0);
        if let Some((length, whole)) = read_snapshot(folder)? {
            (number, stored.applied, stored.snapshot) = (whole.0, whole.1, Some(whole.2));
            snapshot = length;
        }
        let logs = logs(folder)?;
        let is_new = logs.is_empty() && stored.snapshot.is_none();
        if !is_new && !logs.contains(&number) {
            // The one is the other's: neither alone is all that was committed.
            return Err(StoreError::Missing { path: log::path(folder, number) });
        }
        let log = if is_new {
            Log::create(folder, number)?
        } else {
            let (log, read) = Log::open(folder, number)?;
            for (applied, records) in read.commits {
                stored.applied = applied;
                stored.records.extend(records);
            }
            stored.cut_off = read.cut_off;
            log
        };
        // Of a snapshot that was never finished, or before one that was.
        for stale in logs.into_iter().filter(|other| *other != number) {
            remove(&log::path(folder, stale))?;
        }
        Ok((Self { folder: folder.into(), log, snapshot, least_log, _lock: lock }, stored))
    }

    /// Appends a commit: `applied` operations are in what is kept with these records. Durable when
    /// it returns.
    ///
    /// # Errors
    ///
    /// When the disk refuses: then nobody knows whether the commit will show up, and the store must
    /// be opened anew.
    pub fn commit(&mut self, applied: u64, records: Vec<Vec<u8>>) -> Result<(), StoreError> {
        let commit: Commit = (applied, records);
        self.log.append(&commit.encode())
    }

    /// Whether a snapshot is worth its while: it is shorter than the log, or was the last time.
    pub fn wants_snapshot(&self) -> bool {
        self.log.length() > self.snapshot.max(self.least_log)
    }

    /// Puts a snapshot in place of everything that was committed before. Durable when it returns.
    ///
    /// # Errors
    ///
    /// When the disk refuses: then the store must be opened anew. It holds what it held.
    pub fn replace(&mut self, applied: u64, snapshot: Vec<u8>) -> Result<(), StoreError> {
        let next = self.log.number() + 1;
        let log = Log::create(&self.folder, next)?;
        let whole: Whole = (next, applied, snapshot);
        let bytes = frame::seal(frame::SNAPSHOT, 0, &whole.encode());
        let (path, new) = (self.folder.join("snapshot"), self.folder.join("snapshot.new"));
        let write = || {
            let mut file = File::create(&new)?;
            file.write_all(&bytes)?;
            file.sync_all()?;
            fs::rename(&new, &path)?;
            sync_folder(&self.folder)
        };
        write().map_err(|error| StoreError::io("write", &path, error))?;
        self.snapshot = bytes.len() as u64;
        let before = std::mem::replace(&mut self.log, log);
        remove(&log::path(&self.folder, before.number()))
    }
}

/// Makes the folder, durably, if there is none.
fn make(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(folder)?;
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    sync_folder(parent.unwrap_or(Path::new(".")))
}

/// Two processes in one folder would write over each other.
fn lock(folder: &Path) -> Result<File, StoreError> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(|error| StoreError::io("make", &path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { folder: folder.into() }),
        Err(TryLockError::Error(error)) => Err(StoreError::io("lock", &path, error)),
    }
}

/// The snapshot and its length in the file, if there is one.
fn read_snapshot(folder: &Path) -> Result<Option<(u64, Whole)>, StoreError> {
    let path = folder.join("snapshot");
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(StoreError::io("read", &path, error)),
    };
    let damaged = |what: &str| StoreError::damaged(&path, 0, what);
    let body = frame::open(frame::SNAPSHOT, 0, &bytes);
    let body = body.filter(|body| frame::HEADER + body.len() == bytes.len());
    let body = body.ok_or_else(|| damaged("it is not what was written"))?;
    let whole = Whole::decode_within(body, &Budget::unbounded());
    Ok(Some((bytes.len() as u64, whole.map_err(|error| damaged(&error.to_string()))?)))
}

/// The numbers of the logs that are there.
fn logs(folder: &Path) -> Result<Vec<u64>, StoreError> {
    let unreadable = |error| StoreError::io("read", folder, error);
    let mut logs = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix("log-"));
        logs.extend(number.and_then(|number| number.parse::<u64>().ok()));
    }
    Ok(logs)
}

fn remove(path: &Path) -> Result<(), StoreError> {
    fs::remove_file(path).map_err(|error| StoreError::io("remove", path, error))
}

/// A rename or a new file is durable when its folder is. Where a folder cannot be opened as a file,
/// the filesystem sees to it.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests;
