//! What is being committed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use crdt_sync::{Record, Snapshot};
use tokio::task::JoinHandle;

use crate::metrics::Metrics;
use crate::store::{Address, Change, Store, StoreError};

/// The last record of each document that has become durable.
pub(super) type Saved = BTreeMap<Address, u64>;

/// Commits one batch after the other: what comes while one is under way goes with the next, so many
/// writes cost one commit.
pub(super) struct Saver {
    store: Arc<dyn Store>,
    metrics: Metrics,
    changes: Vec<Change>,
    last: Saved,
    under_way: Option<(JoinHandle<Result<(), StoreError>>, Saved)>,
    failure: Option<StoreError>,
}

impl Saver {
    pub(super) fn new(store: Arc<dyn Store>, metrics: Metrics) -> Self {
        Self {
            store,
            metrics,
            changes: Vec::new(),
            last: Saved::new(),
            under_way: None,
            failure: None,
        }
    }

    pub(super) fn record(&mut self, address: &Address, record: Record) {
        self.changes.push(Change::Record(address.clone(), record.bytes));
        self.last.insert(address.clone(), record.number);
    }

    pub(super) fn snapshot(&mut self, address: &Address, snapshot: Snapshot) {
        self.changes.push(Change::Snapshot(address.clone(), snapshot.bytes));
        self.last.insert(address.clone(), snapshot.number);
    }

    /// Begins to commit what there is, unless a commit is under way.
    pub(super) fn begin(&mut self) {
        if self.under_way.is_some() || self.changes.is_empty() || self.has_failed() {
            return;
        }
        let (changes, last) = (std::mem::take(&mut self.changes), std::mem::take(&mut self.last));
        let store = Arc::clone(&self.store);
        let metrics = self.metrics.clone();
        let commit = tokio::task::spawn_blocking(move || {
            let begun = Instant::now();
            let committed = store.commit(&changes);
            metrics.committed(begun.elapsed());
            committed
        });
        self.under_way = Some((commit, last));
    }

    /// Waits until the commit that is under way has ended; for ever if there is none.
    pub(super) async fn saved(&mut self) -> Saved {
        let Some((commit, _)) = &mut self.under_way else { return std::future::pending().await };
        let committed = commit.await;
        let saved = self.under_way.take().map(|(_, saved)| saved).unwrap_or_default();
        match committed {
            Ok(Ok(())) => saved,
            Ok(Err(failure)) => self.fail(failure),
            Err(_panicked) => self.fail(StoreError::Stopped),
        }
    }

    fn fail(&mut self, failure: StoreError) -> Saved {
        tracing::error!(%failure, "the store has failed, and the node ends");
        self.failure = Some(failure);
        Saved::new()
    }

    pub(super) const fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Whether a commit is under way.
    pub(super) const fn is_busy(&self) -> bool {
        self.under_way.is_some()
    }

    /// Commits all that is left.
    pub(super) async fn finish(&mut self) {
        while !self.has_failed() {
            self.begin();
            if self.under_way.is_none() {
                break;
            }
            self.saved().await;
        }
    }
}
