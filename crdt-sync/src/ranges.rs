//! Log positions out of order: which have been sent, which have arrived.

use alloc::vec::Vec;

/// Disjoint, ascending, non-adjacent ranges `from..to` of log positions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ranges(Vec<(u64, u64)>);

impl Ranges {
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn insert(&mut self, from: u64, to: u64) {
        if from >= to {
            return;
        }
        let first = self.0.partition_point(|range| range.1 < from);
        let after = self.0.partition_point(|range| range.0 <= to);
        let touched = &self.0[first..after];
        let from = touched.first().map_or(from, |range| range.0.min(from));
        let to = touched.last().map_or(to, |range| range.1.max(to));
        self.0.splice(first..after, [(from, to)]);
    }

    /// Whether `position` is in one of them; if so, where that ends.
    pub(crate) fn end_of(&self, position: u64) -> Option<u64> {
        let place = self.0.partition_point(|range| range.1 <= position);
        self.0.get(place).filter(|range| range.0 <= position).map(|range| range.1)
    }

    /// Where the one begins that goes on from `position`, if there is one.
    pub(crate) fn start_of(&self, position: u64) -> Option<u64> {
        let place = self.0.partition_point(|range| range.1 <= position);
        self.0.get(place).filter(|range| range.0 <= position).map(|range| range.0)
    }

    /// Where the last of them ends; 0 if there is none.
    pub(crate) fn end(&self) -> u64 {
        self.0.last().map_or(0, |range| range.1)
    }

    /// Takes out what is within `from..to`.
    pub(crate) fn remove(&mut self, from: u64, to: u64) {
        let cut = |(start, end): (u64, u64)| [(start, end.min(from)), (start.max(to), end)];
        if from < to {
            self.0 =
                self.0.iter().copied().flat_map(cut).filter(|(start, end)| start < end).collect();
        }
    }

    /// Drops what is below `position`.
    pub(crate) fn drop_below(&mut self, position: u64) {
        self.0.retain_mut(|range| {
            range.0 = range.0.max(position);
            range.0 < range.1
        });
    }
}

#[cfg(test)]
mod tests {
    use super::Ranges;

    #[test]
    fn ranges_that_touch_become_one() {
        let mut ranges = Ranges::default();
        for (from, to) in [(5, 7), (1, 2), (9, 9), (2, 4), (7, 8), (4, 5)] {
            ranges.insert(from, to);
        }
        assert_eq!(ranges.0, [(1, 8)]);
        assert_eq!((ranges.end_of(0), ranges.end_of(3), ranges.end_of(8)), (None, Some(8), None));
        ranges.drop_below(6);
        assert_eq!(ranges.0, [(6, 8)]);
    }

    #[test]
    fn what_is_taken_out_leaves_the_rest() {
        let mut ranges = Ranges::default();
        assert_eq!(ranges.end(), 0);
        ranges.insert(1, 5);
        ranges.insert(7, 20);
        ranges.remove(3, 3);
        ranges.remove(5, 7);
        assert_eq!((&*ranges.0, ranges.end()), (&[(1, 5), (7, 20)][..], 20));
        ranges.remove(3, 9);
        ranges.remove(12, 14);
        assert_eq!(ranges.0, [(1, 3), (9, 12), (14, 20)]);
        ranges.remove(0, 30);
        assert_eq!(ranges, Ranges::default());
    }
}
