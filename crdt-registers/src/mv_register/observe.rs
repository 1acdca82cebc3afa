//! Which values a merge brings and takes.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crdt_core::{Change, Observe, Value};

use super::MvRegister;

/// How many writes of one value a merge brought and took, and how many there are now.
struct Writes<T> {
    value: T,
    appeared: usize,
    vanished: usize,
    now: usize,
}

impl<T> Writes<T> {
    fn before(&self) -> usize {
        self.now + self.vanished - self.appeared
    }
}

/// Reports values. One that is written again while it is there neither appears nor vanishes. Cost:
/// if anything changed, that of encoding every value.
impl<T: Value> Observe for MvRegister<T> {
    type Item = T;

    fn merge_observed(&mut self, other: Self, mut observer: impl FnMut(Change<&T>)) -> bool {
        let mut touched = BTreeMap::<Vec<u8>, Writes<T>>::new();
        let changed = self.writes.merge_watched(other.writes, |_, change| {
            let (Change::Appeared(entry) | Change::Vanished(entry)) = change;
            let value = entry.value();
            let none = || Writes { value: value.clone(), appeared: 0, vanished: 0, now: 0 };
            let writes = touched.entry(value.encode()).or_insert_with(none);
            match change {
                Change::Appeared(_) => writes.appeared += 1,
                Change::Vanished(_) => writes.vanished += 1,
            }
        });
        if touched.is_empty() {
            return changed;
        }
        for entry in self.writes.entries() {
            if let Some(writes) = touched.get_mut(&entry.value().encode()) {
                writes.now += 1;
            }
        }
        for new in touched.values().filter(|writes| writes.before() == 0 && writes.now > 0) {
            observer(Change::Appeared(&new.value));
        }
        for gone in touched.values().filter(|writes| writes.before() > 0 && writes.now == 0) {
            observer(Change::Vanished(&gone.value));
        }
        changed
    }
}
