//! What replicas are called in a report.

use core::fmt::{self, Write as _};

use crate::ReplicaId;

/// What replicas are called; their ids end in the same digit.
const LETTERS: [char; 6] = ['A', 'B', 'C', 'D', 'E', 'F'];

/// `A`, `B`, …; after a restart `A'`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    place: usize,
    pub(super) restarts: usize,
}

impl Name {
    /// The replica at this place, before it restarts for the first time.
    pub(super) fn of(place: usize) -> Self {
        Self { place, restarts: 0 }
    }

    /// Ids that read like the names: `…000a` is A, `…001a` is A'.
    pub(super) const fn id(self, namespace: u64) -> ReplicaId {
        let letter = 0xa + self.place as u128;
        ReplicaId::from_u128((namespace as u128) << 64 | (self.restarts as u128) << 4 | letter)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char(LETTERS[self.place % LETTERS.len()])?;
        (0..self.restarts).try_for_each(|_| f.write_char('\''))
    }
}
