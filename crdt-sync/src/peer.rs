//! Whom a replica is linked to.

/// A link to a peer, by a number that the host chooses: for its connection, say.
///
/// Which replica is at the other end is found out by the protocol: see
/// [`Replica::replica_of`](crate::Replica::replica_of).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Peer(pub u64);
