//! Counting.

use super::handle;
use crate::WriteError;
use crate::cell::Cell;
use crate::key::Place;
use crate::read::Counter;

handle! {
    /// A [`Counter`] that is written to, within a transaction.
    CounterMut
}

impl CounterMut<'_, '_> {
    /// The counter as it is.
    pub fn read(&self) -> Counter<'_> {
        self.transaction.document().counter(&self.name)
    }

    /// Counts `amount`; nothing is written if it is 0.
    ///
    /// # Errors
    ///
    /// [`WriteError::CounterOverflow`] when the total of the author would exceed `u64::MAX`, and
    /// [`WriteError::DotsUsedUp`]; then nothing was changed.
    pub fn increment(&mut self, amount: u64) -> Result<(), WriteError> {
        let replica = self.transaction.author().replica;
        let raised = raised(&self.name, replica, self.read().get(replica), amount)?;
        if amount == 0 {
            return Ok(());
        }
        self.transaction.write(&self.name, Place::Count(replica), Cell::Count(raised))
    }
}

/// A total and what is counted in addition.
pub(super) fn raised(
    name: &alloc::sync::Arc<str>,
    replica: crdt_core::ReplicaId,
    total: u64,
    amount: u64,
) -> Result<u64, WriteError> {
    let overflow = || WriteError::CounterOverflow { name: name.clone(), replica, total, amount };
    total.checked_add(amount).ok_or_else(overflow)
}
