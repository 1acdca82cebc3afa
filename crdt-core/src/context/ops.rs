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

    fn merge_ref(&mut self, other: &Self) -> bool {
        let mut grown = false;
        for (replica, runs) in other.entries() {
            grown |= self.entry(replica).union(runs);
        }
        grown
    }
}
