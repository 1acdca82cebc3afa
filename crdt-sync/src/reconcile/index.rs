//! The places of dots among many: what names a dot in as few bytes as there are dots to choose from.

use alloc::vec::Vec;

use crdt_core::{CausalContext, ReplicaId};

/// One run of counters, and how many dots come before it.
#[derive(Debug)]
struct Run {
    replica: ReplicaId,
    first: u64,
    last: u64,
    before: u64,
}

/// The dots of a context by their place, from 0, in the order of dots. O(runs).
#[derive(Debug)]
pub(super) struct Index {
    runs: Vec<Run>,
    len: u64,
}

impl Index {
    pub(super) fn of(dots: &CausalContext) -> Self {
        let mut runs = Vec::new();
        let mut before = 0u64;
        for replica in dots.replicas() {
            for (first, last) in dots.runs(replica).map(core::ops::RangeInclusive::into_inner) {
                runs.push(Run { replica, first, last, before });
                before = before.saturating_add(last - first + 1);
            }
        }
        Self { runs, len: before }
    }

    /// How many dots there are.
    pub(super) const fn len(&self) -> u64 {
        self.len
    }

    /// The places of these dots, which are all among those of the index; ascending.
    ///
    /// Cost: O(log runs) for each run, and each dot.
    pub(super) fn places(&self, dots: &CausalContext) -> Vec<u64> {
        let mut places = Vec::new();
        for replica in dots.replicas() {
            for (first, last) in dots.runs(replica).map(core::ops::RangeInclusive::into_inner) {
                let at =
                    self.runs.partition_point(|run| (run.replica, run.last) < (replica, first));
                if let Some(run) = self.runs.get(at) {
                    let from = run.before + first.saturating_sub(run.first);
                    places.extend(from..=from + (last - first));
                }
            }
        }
        places
    }

    /// The dots at these places; places that there are none at are left out.
    pub(super) fn dots(&self, places: impl IntoIterator<Item = u64>) -> CausalContext {
        let mut dots = CausalContext::new();
        for place in places.into_iter().filter(|place| *place < self.len) {
            let after = self.runs.partition_point(|run| run.before <= place);
            if let Some(run) = after.checked_sub(1).and_then(|at| self.runs.get(at)) {
                let counter = run.first + (place - run.before);
                dots.insert_run(run.replica, counter..=counter);
            }
        }
        dots
    }
}

#[cfg(test)]
mod tests {
    use super::{CausalContext, Index, ReplicaId};

    #[test]
    fn places_and_dots_are_each_other_s_inverse() {
        let mut dots = CausalContext::new();
        for (replica, first, last) in [(1, 1, 3), (1, 7, 7), (2, 5, 9), (3, 1, 1 << 48)] {
            dots.insert_run(ReplicaId::from_u128(replica), first..=last);
        }
        let index = Index::of(&dots);
        assert_eq!(index.len(), 9 + (1 << 48));
        let some = index.dots([0, 3, 4, 8, 9, u64::MAX]);
        assert_eq!(index.places(&some), [0, 3, 4, 8, 9]);
        assert_eq!(index.places(&index.dots(2..7)), [2, 3, 4, 5, 6]);
    }
}
