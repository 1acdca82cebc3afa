//! The invariants of the layout.

use super::{DotMap, Key, Value};

impl<K: Key, V: Value> DotMap<K, V> {
    /// Checks every invariant of the layout: for tests and fuzzing.
    ///
    /// # Errors
    ///
    /// The invariant that does not hold.
    #[doc(hidden)]
    pub fn internal_validate(&self) -> Result<(), &'static str> {
        let live = self.columns.to_context();
        let canonical = |replica| {
            let runs = self.context.get(replica);
            let apart = runs.iter().zip(runs.iter().skip(1)).all(|(a, b)| a.end() + 1 < *b.start());
            apart && !runs.is_empty() && runs.iter().all(|run| !run.is_empty() && *run.start() > 0)
        };
        let replicas = || self.context.replicas();
        let rules = [
            (live.is_subset(&self.context), "a live dot has not been seen"),
            (replicas().all(canonical), "the runs of a replica are not canonical"),
            (replicas().is_sorted_by(|a, b| a < b), "the replicas are not in order"),
            (live.len() == self.entries.len() as u64, "a slot belongs to no live dot"),
            (
                self.columns.slots().count() == self.entries.len(),
                "a slot belongs to no live dot, or to two",
            ),
            (
                self.entries().all(|entry| self.entry(entry.dot) == Some(entry)),
                "a column names the slot of another dot",
            ),
            (
                self.chains_hold_each_entry_once(),
                "the index does not find an entry, or finds it twice",
            ),
            (
                self.keys().count() == self.entries.key_count(),
                "the index holds a key without entries",
            ),
        ];
        rules.iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, rule)| Err(*rule))
    }

    /// Walks the chain of every key, and no slot twice.
    fn chains_hold_each_entry_once(&self) -> bool {
        let mut walked = self.entries.marks();
        let once = |key: &K| {
            let mut slots = self.entries.slots_of(key);
            slots.all(|slot| !walked.mark(slot) && self.entries.get(slot).key == *key)
        };
        let all_once = self.keys().all(once);
        all_once && self.columns.slots().all(|slot| walked.mark(slot))
    }
}
