//! What a replica is given when it begins.

use crdt_core::{Reading, ReplicaId};

/// What the host gives a replica when it is created or opened: randomness and the time.
#[derive(Clone, Copy, Debug)]
pub struct Opening {
    pub(crate) seed: u128,
    pub(crate) now: Reading,
    pub(crate) id: Option<ReplicaId>,
}

impl Opening {
    /// An opening with these random bits, which must be fresh ones: ids are drawn from them, and
    /// two openings with the same would be taken for one another. The same bits give the same run.
    pub const fn new(seed: u128, now: Reading) -> Self {
        Self { seed, now, id: None }
    }

    /// With an id of the host's for a replica that begins, or begins anew; by default one is drawn.
    /// A store that was closed in good order goes on under its own.
    pub const fn with_id(self, id: ReplicaId) -> Self {
        Self { id: Some(id), ..self }
    }
}
