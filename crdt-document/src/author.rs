//! Who writes, and when.

use crdt_core::{ReplicaId, Timestamp};

/// In whose name a transaction writes, and what its clock says.
///
/// The replica id names the writes; the timestamp stamps the last-writer-wins registers among
/// them, and nothing else. It is what [`Clock::now`](crdt_core::Clock::now) says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Author {
    /// The replica that writes.
    pub replica: ReplicaId,
    /// The time by its clock.
    pub timestamp: Timestamp,
}

impl Author {
    /// The author of these two.
    pub const fn new(replica: ReplicaId, timestamp: Timestamp) -> Self {
        Self { replica, timestamp }
    }
}
