//! What one state has and another lacks.

use core::array;

use super::Tallies;

impl<const COLUMNS: usize> Tallies<COLUMNS> {
    /// The cells that exceed those of `seen`: least per row and per column, for a cell that the
    /// peer has is zero in the delta. Cost: O(n log m) to a scan, `n` being the rows here.
    pub(crate) fn since(&self, seen: &Self) -> Self {
        let mut delta = Self::new();
        let mut from = 0;
        for (id, row) in self.rows() {
            let known = match seen.search(from, id) {
                Ok(place) => {
                    from = place + 1;
                    seen.row(place)
                }
                Err(place) => {
                    from = place;
                    [0; COLUMNS]
                }
            };
            let lacking = |column| if row[column] > known[column] { row[column] } else { 0 };
            delta.push(id, array::from_fn(lacking));
        }
        delta
    }

    /// Joins `other`; returns the cells that rose.
    pub(crate) fn merge_novel(&mut self, other: &Self) -> Self {
        let novel = other.since(self);
        self.merge_ref(&novel);
        novel
    }
}
