//! Counting both ways, and resetting.

use alloc::vec::Vec;

use crdt_core::ReplicaId;

use super::counter::raised;
use super::handle;
use crate::WriteError;
use crate::cell::{Baselines, Cell, Sides, greatest};
use crate::key::{Key, Place};
use crate::read::{PnCounter, Row, totals};

handle! {
    /// A [`PnCounter`] that is written to, within a transaction.
    PnCounterMut
}

const INCREMENTS: usize = 0;
const DECREMENTS: usize = 1;

impl PnCounterMut<'_, '_> {
    /// The counter as it is.
    pub fn read(&self) -> PnCounter<'_> {
        self.transaction.document().pn_counter(&self.name)
    }

    /// Adds `amount`; nothing is written if it is 0.
    ///
    /// # Errors
    ///
    /// [`WriteError::CounterOverflow`] when all that the author has ever added, resets
    /// notwithstanding, would exceed `u64::MAX`, and [`WriteError::DotsUsedUp`]; then nothing was
    /// changed.
    pub fn increment(&mut self, amount: u64) -> Result<(), WriteError> {
        self.count(INCREMENTS, amount)
    }

    /// Takes `amount` away; nothing is written if it is 0.
    ///
    /// # Errors
    ///
    /// As [`increment`](PnCounterMut::increment), for all that the author has ever taken away.
    pub fn decrement(&mut self, amount: u64) -> Result<(), WriteError> {
        self.count(DECREMENTS, amount)
    }

    fn count(&mut self, side: usize, amount: u64) -> Result<(), WriteError> {
        let replica = self.transaction.author().replica;
        let place = Place::Totals(replica);
        let key = Key::new(&self.name, place.clone());
        let mut totals = totals(self.transaction.document().map.values(&key));
        totals[side] = raised(&self.name, replica, totals[side], amount)?;
        if amount == 0 {
            return Ok(());
        }
        self.transaction.write(&self.name, place, Cell::Totals(totals))
    }

    /// Removes all that has been seen here, so that the value is 0; what is counted concurrently
    /// survives. Writes nothing if nothing was counted since the last reset.
    ///
    /// The cell that this writes holds up to two totals for each replica that has counted.
    ///
    /// # Errors
    ///
    /// [`WriteError::DotsUsedUp`]; then nothing was changed.
    pub fn reset(&mut self) -> Result<(), WriteError> {
        let replica = self.transaction.author().replica;
        let place = Place::Reset(replica);
        let mut raised: Vec<_> = self.read().tally().0.iter().filter_map(unseen).collect();
        if raised.is_empty() {
            return Ok(());
        }
        // The cell takes the place of an earlier one, and no baseline is ever taken back.
        let key = Key::new(&self.name, place.clone());
        for entry in self.transaction.document().map.values(&key) {
            if let Cell::Reset(before) = entry.value() {
                raised.extend(before.iter().copied());
            }
        }
        self.transaction.write(&self.name, place, Cell::Reset(united(raised)))
    }
}

/// The row that brings a replica's baselines up to its totals, on the sides where they are not. What
/// a reset of another replica has told is not repeated.
fn unseen(row: &Row) -> Option<(ReplicaId, Sides)> {
    let raised = [0, 1].map(|side| match row.totals[side] {
        total if total > row.baselines[side] => total,
        _ => 0,
    });
    (raised != [0, 0]).then_some((row.replica, raised))
}

/// One row for each replica, with the greatest of each side, ascending.
fn united(mut rows: Vec<(ReplicaId, Sides)>) -> Baselines {
    rows.sort_unstable_by_key(|(replica, _)| *replica);
    rows.dedup_by(|(next, sides), (replica, most)| {
        let same = next == replica;
        if same {
            *most = greatest(*most, *sides);
        }
        same
    });
    rows.into()
}
