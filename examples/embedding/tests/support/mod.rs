//! A disk that remembers what it held at every moment from which a crash could come back.

#![allow(dead_code, reason = "every test file uses its part")]

use std::io::{Error, Result};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crdt_registers::Reading;
use embedding::{Store, StoreError};
use redb::{Builder, StorageBackend};

#[derive(Clone, Debug, Default)]
pub(crate) struct Disk(Arc<Mutex<Contents>>);

#[derive(Debug, Default)]
struct Contents {
    written: Vec<u8>,
    /// What was durable, at each sync.
    synced: Vec<Vec<u8>>,
    broken: bool,
}

impl Disk {
    /// A disk that holds these bytes: a backup restored, or what a crash left.
    pub(crate) fn holding(image: Vec<u8>) -> Self {
        let contents = Contents { written: image, ..Contents::default() };
        Self(Arc::new(Mutex::new(contents)))
    }

    /// Opens the store on this disk at a wall-clock time.
    pub(crate) fn open_at(&self, now_ms: u64) -> Store {
        let database = Builder::new().create_with_backend(self.clone()).unwrap();
        Store::open(database, Reading::wall(now_ms)).unwrap()
    }

    /// Opens the store on this disk when time does not matter.
    pub(crate) fn open(&self) -> Store {
        self.open_at(1_000_000)
    }

    /// What a copy of the file would hold now.
    pub(crate) fn image(&self) -> Vec<u8> {
        self.contents().written.clone()
    }

    /// How many times something has become durable.
    pub(crate) fn syncs(&self) -> usize {
        self.contents().synced.len()
    }

    /// What a crash right after this sync would leave, counted from 1.
    pub(crate) fn image_after(&self, sync: usize) -> Vec<u8> {
        self.contents().synced[sync - 1].clone()
    }

    /// From now on nothing can be written.
    pub(crate) fn break_down(&self) {
        self.contents().broken = true;
    }

    fn contents(&self) -> MutexGuard<'_, Contents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn writable(&self) -> Result<MutexGuard<'_, Contents>> {
        let contents = self.contents();
        if contents.broken { Err(Error::other("the disk is broken")) } else { Ok(contents) }
    }
}

fn place(offset: u64) -> usize {
    usize::try_from(offset).unwrap()
}

impl StorageBackend for Disk {
    fn len(&self) -> Result<u64> {
        Ok(self.contents().written.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<()> {
        let offset = place(offset);
        out.copy_from_slice(&self.contents().written[offset..offset + out.len()]);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.writable()?.written.resize(place(len), 0);
        Ok(())
    }

    fn sync_data(&self) -> Result<()> {
        let mut contents = self.writable()?;
        let image = contents.written.clone();
        contents.synced.push(image);
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<()> {
        let offset = place(offset);
        self.writable()?.written[offset..offset + data.len()].copy_from_slice(data);
        Ok(())
    }
}

/// Each tells the other what it lacks, by digests, until neither learns anything: as two stores do
/// when they meet.
pub(crate) fn meet(
    a: &mut Store,
    b: &mut Store,
    now_ms: u64,
) -> core::result::Result<(), StoreError> {
    let now = Reading::wall(now_ms);
    loop {
        let to_b = a.answer(&b.digest()?)?.delta;
        let mut learned = b.receive(&to_b, now)?;
        let to_a = b.answer(&a.digest()?)?.delta;
        learned |= a.receive(&to_a, now)?;
        if !learned {
            return Ok(());
        }
    }
}

/// The items in the cart, sorted.
pub(crate) fn items(store: &Store) -> Vec<&str> {
    let mut items: Vec<_> = store.cart().iter().map(String::as_str).collect();
    items.sort_unstable();
    items
}
