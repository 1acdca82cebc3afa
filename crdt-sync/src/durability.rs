//! Where a write has to be before it counts as done.

/// Where a write has to be durable, besides here, before it counts as done.
///
/// Peers are counted that say themselves, over a link to this replica, that they hold it durably.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Durability {
    /// Nowhere else: *asynchronous* replication.
    Local,
    /// At this many of the configured members: with 1, *semi-synchronous* replication.
    Members(usize),
    /// At all of the configured members: *synchronous* replication. Until
    /// [`set_members`](crate::Replica::set_members) there are none, and it is as `Local`.
    All,
}
