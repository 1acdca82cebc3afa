//! What is measured, as Prometheus reads it.
//!
//! | name | labels | what it is |
//! |---|---|---|
//! | `crdt_replication_lag_seconds` | `region` | histogram of the age of the oldest change that a region lacks, sampled once a second |
//! | `crdt_unacknowledged_changes`, `crdt_unacknowledged_bytes` | `region` | what a region has not said to hold |
//! | `crdt_region_connected` | `region` | 1 while there is a connection to it |
//! | `crdt_unmet_documents` | `region` | documents of which it has not said yet what it has: what it lacks of them is in no other figure |
//! | `crdt_quarantined_changes`, `crdt_quarantined_bytes` | `scope` | what waits, as it bears timestamps from the future |
//! | `crdt_log_bytes` | `scope` | changes that are kept for those who have not acknowledged them |
//! | `crdt_documents` | `scope` | how many there are |
//! | `crdt_merges_total` | `scope` | changes of others that were merged |
//! | `crdt_refused_messages_total` | `scope` | messages of others that were refused |
//! | `crdt_writes_total` | `scope` | writes that were asked for here and done |
//! | `crdt_durable_write_seconds` | `durability` | histogram: from a write to its answer, when it was as durable as asked for |
//! | `crdt_commit_seconds` | | histogram: how long the store took to make a batch durable |
//! | `crdt_connections`, `crdt_refused_connections_total` | | connections that are served, and that were one too many |
//! | `crdt_store_bytes` | | how long the store is |
//!
//! Labels are the regions and scopes of the configuration: nothing grows with documents or replicas. A
//! region that is not connected and has not been met since the node started has no lag that could be known:
//! there is no sample then, and `crdt_unmet_documents` is not 0.
//!
//! Each node has its own measurements, and there is nothing global: several may run in one process.
//!
//! | file | what it answers |
//! |---|---|
//! | `watch` | what is sampled once a second, and what is logged of it |
//! | `alarm` | when a lag is worth a line in the log |

mod alarm;
mod watch;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use metrics::{
    counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
    with_local_recorder,
};
use metrics_exporter_prometheus::{
    BuildError, Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

use crate::engine::{Figures, ScopeFigures};

pub use watch::watch;

/// What lags are worth a warning and critical, in seconds, and what is soon.
const LAG_BUCKETS: [f64; 3] = [0.1, 1.0, 5.0];

/// From a memory's time to that of a disk that hangs, in seconds.
const LATENCY_BUCKETS: [f64; 10] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1.0, 5.0];

const LAG: &str = "crdt_replication_lag_seconds";
const COMMIT: &str = "crdt_commit_seconds";
const DURABLE: &str = "crdt_durable_write_seconds";

/// The measurements of one node; clones share them.
#[derive(Clone)]
pub struct Metrics(Arc<Measured>);

struct Measured {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// Nothing is measured yet.
    pub fn new() -> Self {
        // It is an error for a histogram to have no buckets, and these have.
        let recorder = with_buckets().unwrap_or_default().build_recorder();
        let handle = recorder.handle();
        with_local_recorder(&recorder, describe);
        Self(Arc::new(Measured { recorder, handle }))
    }

    /// All of it in the text format of Prometheus. O(regions + scopes).
    pub fn render(&self) -> String {
        self.0.handle.render()
    }

    fn record(&self, what: impl FnOnce()) {
        with_local_recorder(&self.0.recorder, what);
    }

    /// A change of another replica was merged.
    pub(crate) fn merged(&self, scope: &str) {
        self.record(|| counter!("crdt_merges_total", "scope" => scope.to_owned()).increment(1));
    }

    /// A message of another replica was refused.
    pub(crate) fn refused(&self, scope: &str) {
        let name = "crdt_refused_messages_total";
        self.record(|| counter!(name, "scope" => scope.to_owned()).increment(1));
    }

    /// A connection has begun that is served.
    pub(crate) fn connected(&self) {
        self.record(|| gauge!("crdt_connections").increment(1.0));
    }

    /// Such a connection has ended.
    pub(crate) fn disconnected(&self) {
        self.record(|| gauge!("crdt_connections").decrement(1.0));
    }

    /// A connection was one too many.
    pub(crate) fn refused_connection(&self) {
        self.record(|| counter!("crdt_refused_connections_total").increment(1));
    }

    /// A write was done.
    pub(crate) fn written(&self, scope: &str) {
        self.record(|| counter!("crdt_writes_total", "scope" => scope.to_owned()).increment(1));
    }

    /// A write has become as durable as it was asked to be.
    pub(crate) fn durable(&self, durability: &'static str, took: Duration) {
        self.record(|| histogram!(DURABLE, "durability" => durability).record(took));
    }

    /// The store has made a batch durable.
    pub(crate) fn committed(&self, took: Duration) {
        self.record(|| histogram!(COMMIT).record(took));
    }

    /// What there is now.
    fn sample(&self, figures: &Figures, store_bytes: Option<u64>) {
        self.record(|| {
            for region in &figures.regions {
                for (name, value) in [
                    ("crdt_region_connected", u64::from(region.is_connected)),
                    ("crdt_unmet_documents", region.unmet as u64),
                    ("crdt_unacknowledged_changes", region.positions),
                    ("crdt_unacknowledged_bytes", region.bytes),
                ] {
                    gauge!(name, "region" => region.name.clone()).set(float(value));
                }
                let lag = histogram!(LAG, "region" => region.name.clone());
                if region.is_connected && region.unmet == 0 || !region.age.is_zero() {
                    lag.record(region.age);
                }
            }
            for (scope, figures) in &figures.scopes {
                let ScopeFigures { documents, quarantined, quarantined_bytes, log_bytes } = figures;
                for (name, value) in [
                    ("crdt_documents", documents),
                    ("crdt_quarantined_changes", quarantined),
                    ("crdt_quarantined_bytes", quarantined_bytes),
                    ("crdt_log_bytes", log_bytes),
                ] {
                    gauge!(name, "scope" => scope.clone()).set(float(*value));
                }
            }
            if let Some(bytes) = store_bytes {
                gauge!("crdt_store_bytes").set(float(bytes));
            }
        });
        // What histograms were told goes into their buckets.
        self.0.handle.run_upkeep();
    }
}

/// Prometheus knows no other numbers; what is above 2^53 is rounded.
#[allow(clippy::cast_precision_loss)]
const fn float(number: u64) -> f64 {
    number as f64
}

fn with_buckets() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(LAG.into()), &LAG_BUCKETS)?
        .set_buckets_for_metric(Matcher::Full(COMMIT.into()), &LATENCY_BUCKETS)?
        .set_buckets_for_metric(Matcher::Full(DURABLE.into()), &LATENCY_BUCKETS)
}

fn describe() {
    describe_histogram!(
        LAG,
        "Age of the oldest change that a region has not said to hold, sampled once a second"
    );
    describe_gauge!("crdt_unacknowledged_changes", "Changes that a region has not said to hold");
    describe_gauge!("crdt_unacknowledged_bytes", "Bytes of the changes that a region lacks");
    describe_gauge!("crdt_region_connected", "1 while there is a connection to a region");
    describe_gauge!(
        "crdt_unmet_documents",
        "Documents of which a region has not said yet what it has, since the node started"
    );
    describe_gauge!(
        "crdt_quarantined_changes",
        "Changes that wait until the time of their timestamps has come"
    );
    describe_gauge!("crdt_quarantined_bytes", "Bytes of the changes in quarantine");
    describe_gauge!("crdt_log_bytes", "Bytes of changes that are kept for those who lack them");
    describe_gauge!("crdt_documents", "Documents that there are");
    describe_counter!("crdt_merges_total", "Changes of other replicas that were merged");
    describe_counter!("crdt_refused_messages_total", "Messages of others that were refused");
    describe_counter!("crdt_writes_total", "Writes that were asked for here and done");
    describe_histogram!(
        DURABLE,
        "From a write to its answer, of those that became as durable as was asked for"
    );
    describe_histogram!(COMMIT, "How long the store took to make a batch of changes durable");
    describe_gauge!("crdt_connections", "Connections that are served, for whatever they are");
    describe_counter!("crdt_refused_connections_total", "Connections that were one too many");
    describe_gauge!("crdt_store_bytes", "Bytes that the store takes");
}
