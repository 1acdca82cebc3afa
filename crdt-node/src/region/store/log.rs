//! A log: commits, one after the other, each a frame.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use crdt_core::wire::{Budget, Wire};

use super::{Commit, StoreError, frame, sync_folder};

/// The end of a log, where the next commit goes.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    number: u64,
    file: File,
    length: u64,
}

/// What is in a log.
pub(super) struct Read {
    pub(super) commits: Vec<Commit>,
    /// How many bytes at its end were no whole commit.
    pub(super) cut_off: u64,
}

pub(super) fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("log-{number}"))
}

impl Log {
    /// An empty log, durably there: once a snapshot refers to it, it must not be missing.
    pub(super) fn create(folder: &Path, number: u64) -> Result<Self, StoreError> {
        let path = path(folder, number);
        let create = || {
            let file = File::create(&path)?;
            file.sync_all()?;
            sync_folder(folder)?;
            Ok(file)
        };
        let file = create().map_err(|error| StoreError::io("make", &path, error))?;
        Ok(Self { path, number, file, length: 0 })
    }

    /// Reads a log, and takes off its end what is no whole commit.
    pub(super) fn open(folder: &Path, number: u64) -> Result<(Self, Read), StoreError> {
        let path = path(folder, number);
        let bytes = fs::read(&path).map_err(|error| StoreError::io("read", &path, error))?;
        let (commits, length) = read(&path, number, &bytes)?;
        let cut_off = bytes.len() as u64 - length;
        let reopen = || {
            let file = OpenOptions::new().append(true).open(&path)?;
            if cut_off > 0 {
                file.set_len(length)?;
                file.sync_all()?;
            }
            Ok(file)
        };
        let file = reopen().map_err(|error| StoreError::io("write", &path, error))?;
        Ok((Self { path, number, file, length }, Read { commits, cut_off }))
    }

    pub(super) fn append(&mut self, body: &[u8]) -> Result<(), StoreError> {
        let frame = frame::seal(frame::log(self.number), self.length, body);
        let mut append = || {
            self.file.write_all(&frame)?;
            self.file.sync_data()
        };
        append().map_err(|error| StoreError::io("write", &self.path, error))?;
        self.length += frame.len() as u64;
        Ok(())
    }

    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    pub(super) const fn length(&self) -> u64 {
        self.length
    }
}

/// The commits at the start of `bytes`, and where they end.
///
/// Each was synced before the next was begun, so only the last can have been cut short: bytes that
/// are no commit are damage as soon as there is one after them. (Damage to the last one looks as if
/// it had been cut short. That the region then comes back with less than it had is noticed by its
/// peers, as is a store that was restored from a copy.)
fn read(path: &Path, number: u64, bytes: &[u8]) -> Result<(Vec<Commit>, u64), StoreError> {
    let mut commits = Vec::new();
    let mut at = 0;
    while let Some(body) = open(number, at, bytes) {
        let commit = Commit::decode_within(body, &Budget::unbounded());
        let damaged = |error| StoreError::damaged(path, at as u64, &format!("{error}"));
        commits.push(commit.map_err(damaged)?);
        at += frame::HEADER + body.len();
    }
    if let Some(later) = (at + 1..bytes.len()).find(|later| open(number, *later, bytes).is_some()) {
        let what = format!("what stands there is no commit, and one follows at byte {later}");
        return Err(StoreError::damaged(path, at as u64, &what));
    }
    Ok((commits, at as u64))
}

fn open(number: u64, at: usize, bytes: &[u8]) -> Option<&[u8]> {
    frame::open(frame::log(number), at as u64, bytes.get(at..)?)
}
