//! Totals per replica, joined by maximum: the engine of every counter.
//!
//! A row is a replica; a column is one kind of total, the increments say. A replica only ever
//! raises the totals of its own row, so that of two values of one cell the greater has seen more
//! (Shapiro, Preguiça, Baquero, Zawirski 2011, section 3.1.2).
//!
//! Ids and columns lie side by side, each in one piece: the merge of two states of the same
//! replicas, by far the commonest, compares the ids and then takes maxima of plain integers.

mod admit;
mod delta;
mod merge;
mod parts;
mod renew;
mod wire;

use core::array;

use crdt_core::ReplicaId;
use smallvec::SmallVec;

use crate::CounterOverflow;

/// So many rows live inside the state, without an allocation.
const INLINE: usize = 2;

/// `COLUMNS` totals for each replica that has any.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Tallies<const COLUMNS: usize> {
    /// Strictly ascending.
    ids: SmallVec<[ReplicaId; INLINE]>,
    /// Each as long as `ids`. No row is zero in all of them, so equal states have equal rows.
    columns: [SmallVec<[u64; INLINE]>; COLUMNS],
}

impl<const COLUMNS: usize> Default for Tallies<COLUMNS> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const COLUMNS: usize> Tallies<COLUMNS> {
    pub(crate) const fn new() -> Self {
        Self { ids: SmallVec::new_const(), columns: [const { SmallVec::new_const() }; COLUMNS] }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The totals of `replica`, zeros if it has none. Cost: O(log replicas).
    pub(crate) fn get(&self, replica: ReplicaId) -> [u64; COLUMNS] {
        self.ids.binary_search(&replica).map_or([0; COLUMNS], |place| self.row(place))
    }

    /// All rows, ascending by replica.
    pub(crate) fn rows(&self) -> impl ExactSizeIterator<Item = (ReplicaId, [u64; COLUMNS])> {
        self.ids.iter().enumerate().map(|(place, id)| (*id, self.row(place)))
    }

    /// Adds a row after all others, unless it says nothing.
    pub(crate) fn push(&mut self, replica: ReplicaId, totals: [u64; COLUMNS]) {
        debug_assert!(self.ids.last().is_none_or(|last| *last < replica));
        if totals != [0; COLUMNS] {
            self.ids.push(replica);
            for (column, total) in self.columns.iter_mut().zip(totals) {
                column.push(total);
            }
        }
    }

    /// Counts `amount` more for `replica` in one column; returns the cell that this raised, as a
    /// state of its own. Cost: O(log replicas); the first count of a replica moves the rows after
    /// it.
    pub(crate) fn count(
        &mut self,
        replica: ReplicaId,
        column: usize,
        amount: u64,
    ) -> Result<Self, CounterOverflow> {
        let total = self.get(replica)[column];
        let raised = total.checked_add(amount).ok_or(CounterOverflow { replica, total, amount })?;
        let mut delta = Self::new();
        if amount > 0 {
            let cell = |place| if place == column { raised } else { 0 };
            delta.push(replica, array::from_fn(cell));
            self.merge_ref(&delta);
        }
        Ok(delta)
    }

    fn row(&self, place: usize) -> [u64; COLUMNS] {
        array::from_fn(|column| self.columns[column][place])
    }

    /// Where `id` is at or after `from`, or belongs. Cost: O(log of how far that is), by steps
    /// that double (Bentley and Yao 1976), so that a walk over few ids is as good as a search for
    /// each, and one over all ids as good as a scan.
    fn search(&self, from: usize, id: ReplicaId) -> Result<usize, usize> {
        let mut step = 1;
        while self.ids.get(from + step).is_some_and(|probe| *probe < id) {
            step *= 2;
        }
        let first = from + step / 2;
        let end = (from + step + 1).min(self.ids.len());
        match self.ids[first..end].binary_search(&id) {
            Ok(place) => Ok(first + place),
            Err(place) => Err(first + place),
        }
    }
}
