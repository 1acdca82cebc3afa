//! How a document is taken out of a store, so that no byte of it is left there.

use std::fs;
use std::path::Path;

use super::{Address, Change, Redb, Store, StoreError};

/// So many bytes are committed at once.
const BATCH: usize = 16 << 20;

/// Takes a document out of the store of this folder, which no process has open; tells whether it was
/// there. The store is written anew without it, as a database leaves bytes in pages that it has freed. Cost: that
/// of reading and writing the store, and as much room besides.
///
/// Other regions that hold it would bring it back: it has to be taken out of all of them before one begins.
///
/// # Errors
///
/// When the store cannot be read or written: then it is as it was.
pub fn erase(folder: &Path, address: &Address) -> Result<bool, StoreError> {
    let beside = folder.join("erasing");
    let file = Redb::file(folder);
    if !file.exists() {
        let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(StoreError::io(&file, missing));
    }
    let store = Redb::open(folder)?;
    let addresses = store.addresses()?;
    if !addresses.contains(address) {
        return Ok(false);
    }
    let io = |error| StoreError::io(&beside, error);
    if beside.exists() {
        // An earlier attempt was cut short.
        fs::remove_dir_all(&beside).map_err(io)?;
    }
    let copy = Redb::open(&beside)?;
    let (mut changes, mut bytes) = (Vec::new(), 0);
    for kept in addresses.into_iter().filter(|kept| kept != address) {
        let stored = store.read(&kept)?;
        let snapshot = stored.snapshot.map(|bytes| Change::Snapshot(kept.clone(), bytes));
        let records = stored.records.into_iter().map(|bytes| Change::Record(kept.clone(), bytes));
        for change in snapshot.into_iter().chain(records) {
            bytes += change.length();
            changes.push(change);
        }
        if bytes > BATCH {
            copy.commit(&std::mem::take(&mut changes))?;
            bytes = 0;
        }
    }
    copy.commit(&changes)?;
    drop((copy, store));
    // Either the one or the other is there, whatever happens.
    fs::rename(Redb::file(&beside), &file).map_err(io)?;
    super::redb::sync_folder(folder)?;
    fs::remove_dir_all(&beside).map_err(io)?;
    Ok(true)
}
