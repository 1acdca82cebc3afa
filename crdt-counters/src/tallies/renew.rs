//! Counting under a new id what was counted under one that is in use twice.

use core::array;

use crdt_core::ReplicaId;

use super::Tallies;

impl<const COLUMNS: usize> Tallies<COLUMNS> {
    /// The row of one replica.
    pub(crate) fn row_of(&self, replica: ReplicaId) -> Self {
        let mut row = Self::new();
        row.push(replica, self.get(replica));
        row
    }

    /// Lowers the row of `from` to the totals of `mark`, and counts for `to` what exceeded them and
    /// was not reset; returns the row of `to`. `bounds` names for each column the total which
    /// bounds it: for a total itself.
    ///
    /// The value stays: what was counted beyond the mark and has been reset is not counted anew.
    pub(crate) fn renew(
        &mut self,
        from: ReplicaId,
        to: ReplicaId,
        mark: &Self,
        bounds: [usize; COLUMNS],
    ) -> Self {
        let (old, marked) = (self.get(from), mark.get(from));
        let kept: [u64; COLUMNS] = array::from_fn(|cell| old[cell].min(marked[bounds[cell]]));
        if kept == old || from == to {
            return Self::new();
        }
        let before = self.get(to);
        let anew = array::from_fn(|cell| {
            if bounds[cell] != cell {
                return before[cell];
            }
            // Up to the greatest of these nothing counts, or it goes on counting for `from`.
            let baselines = (0..COLUMNS).filter(|other| bounds[*other] == cell && *other != cell);
            let settled = baselines.map(|other| old[other]).fold(kept[cell], u64::max);
            before[cell].saturating_add(old[cell].saturating_sub(settled))
        });
        let (mut lowered, mut delta) = (Self::new(), Self::new());
        for (id, row) in self.rows() {
            lowered.push(id, if id == from { kept } else { row });
        }
        delta.push(to, anew);
        lowered.merge_ref(&delta);
        *self = lowered;
        delta
    }
}
