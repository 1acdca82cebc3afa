//! The join: the union.

use core::mem;

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use crdt_core::{Admit, AdmitError, Change, Limits, Merge, Observe, ReplicaId};

use super::GSet;

/// From this share of the whole on, new elements are brought in by one pass over both sets.
const ONE_PASS: usize = 4;

/// Cost: O(d log n) for a delta of `d` elements; one scan of both, allocating nothing, for sets of
/// similar size of which the other brings nothing new.
impl<T: Ord + Clone> Merge for GSet<T> {
    fn merge(&mut self, mut other: Self) -> bool {
        if other.len() > self.len() {
            mem::swap(self, &mut other);
            self.insert_all(other.elements, |_| ());
            // The larger of two sets has an element that the smaller lacks.
            return true;
        }
        self.insert_all(other.elements, |_| ())
    }

    fn merge_ref(&mut self, other: &Self) -> bool {
        let novel: Vec<T> = other.elements.difference(&self.elements).cloned().collect();
        self.insert_novel(novel)
    }
}

/// Reports every element that the merge brings, in ascending order.
impl<T: Ord + Clone> Observe for GSet<T> {
    type Item = T;

    fn merge_observed(&mut self, other: Self, mut observer: impl FnMut(Change<&T>)) -> bool {
        self.insert_all(other.elements, |element| observer(Change::Appeared(element)))
    }
}

impl<T: Ord> GSet<T> {
    fn insert_all(&mut self, elements: BTreeSet<T>, mut appears: impl FnMut(&T)) -> bool {
        if elements.len() < self.len() / ONE_PASS {
            let before = self.len();
            for element in elements {
                if !self.elements.contains(&element) {
                    appears(&element);
                    self.elements.insert(element);
                }
            }
            return self.len() > before;
        }
        let mut mine = self.elements.iter().peekable();
        let is_novel = |element: &T| {
            while mine.next_if(|mine| *mine < element).is_some() {}
            mine.next_if(|mine| *mine == element).is_none()
        };
        let novel: Vec<T> = elements.into_iter().filter(is_novel).collect();
        novel.iter().for_each(appears);
        self.insert_novel(novel)
    }

    /// Inserts elements that are ascending and not there.
    fn insert_novel(&mut self, novel: Vec<T>) -> bool {
        let grown = !novel.is_empty();
        if novel.len() < self.len() / ONE_PASS {
            self.elements.extend(novel);
        } else {
            self.elements.append(&mut BTreeSet::from_iter(novel));
        }
        grown
    }
}

/// Admits everything: a set claims nothing but its elements.
impl<T> Admit for GSet<T> {
    fn admit(
        &self,
        _incoming: &Self,
        _me: ReplicaId,
        _now_ms: u64,
        _limits: &Limits,
    ) -> Result<(), AdmitError> {
        Ok(())
    }
}
