//! Why a counter does not count further.

use core::fmt;

use crdt_core::ReplicaId;

/// The total of one replica, in one direction, would exceed `u64::MAX`. Nothing was changed.
///
/// A replica that counts a billion a second comes here after 584 years; an amount that was
/// computed wrongly, at once. Another replica id has a total of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CounterOverflow {
    /// Who wanted to count.
    pub replica: ReplicaId,
    /// What it has counted so far in this direction.
    pub total: u64,
    /// What it wanted to count in addition.
    pub amount: u64,
}

impl fmt::Display for CounterOverflow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { replica, total, amount } = self;
        write!(
            f,
            "replica {replica} has counted {total} and cannot count {amount} more, for its total \
             would exceed {}: check the amount, or count under another replica id",
            u64::MAX
        )
    }
}

impl core::error::Error for CounterOverflow {}
