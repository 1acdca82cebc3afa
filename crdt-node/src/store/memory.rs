//! A store that lasts as long as the process: for tests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Address, Change, Store, StoreError, Stored};

/// Keeps documents in memory. Clones share them, so that a node can be opened again over what
/// another has left.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<BTreeMap<Address, Stored>>>);

impl Memory {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another store with what is in this one now: as a disk is found after a crash.
    pub fn copy(&self) -> Self {
        Self(Arc::new(Mutex::new(self.held().clone())))
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<Address, Stored>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for Memory {
    fn addresses(&self) -> Result<Vec<Address>, StoreError> {
        Ok(self.held().keys().cloned().collect())
    }

    fn read(&self, address: &Address) -> Result<Stored, StoreError> {
        Ok(self.held().get(address).cloned().unwrap_or_default())
    }

    fn commit(&self, changes: &[Change]) -> Result<(), StoreError> {
        let mut held = self.held();
        for change in changes {
            match change {
                Change::Record(address, bytes) => {
                    held.entry(address.clone()).or_default().records.push(bytes.clone());
                }
                Change::Snapshot(address, bytes) => {
                    let stored = Stored { snapshot: Some(bytes.clone()), records: Vec::new() };
                    held.insert(address.clone(), stored);
                }
                Change::Erase(address) => {
                    held.remove(address);
                }
            }
        }
        Ok(())
    }

    fn size(&self) -> Result<u64, StoreError> {
        let held = self.held();
        let all = held.values().flat_map(|stored| stored.records.iter().chain(&stored.snapshot));
        Ok(all.map(|bytes| bytes.len() as u64).sum())
    }
}
