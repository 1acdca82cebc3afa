//! The algebra of contexts: union, difference, intersection, inclusion.

use super::CausalContext;
use crate::Merge;

impl CausalContext {
    /// The dots of `self` that `other` has not seen. Cost: O(runs of both).
    pub fn difference(&self, other: &Self) -> Self {
        let mut left = Self::new();
        for (replica, runs) in self.entries() {
            left.push(replica, runs.difference(other.get(replica)));
        }
        left
    }

    /// The dots that both have seen. Cost: O(runs of both).
    pub fn intersection(&self, other: &Self) -> Self {
        let mut both = Self::new();
        for (replica, runs) in self.entries() {
            both.push(replica, runs.intersection(other.get(replica)));
        }
        both
    }

    /// Whether `other` has seen every dot of `self`. Cost: O(runs of both).
    pub fn is_subset(&self, other: &Self) -> bool {
        self.entries().all(|(replica, runs)| runs.difference(other.get(replica)).is_empty())
    }
}

/// The union.
impl Merge for CausalContext {
    fn merge(&mut self, other: Self) -> bool {
        self.merge_ref(&other)
    }

    /// Cost: O(runs of `other` · log runs) when it has few replicas, else O(runs of both).
    fn merge_ref(&mut self, other: &Self) -> bool {
        let mut grown = false;
        let mut missing = Self::new();
        for (replica, runs) in other.entries() {
            match self.get_mut(replica) {
                Some(mine) => grown |= mine.union(runs),
                None => missing.push(replica, runs.clone()),
            }
        }
        grown | self.append(missing)
    }
}
