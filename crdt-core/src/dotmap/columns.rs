//! The live dots of each replica in the order of counters, each with the slot of its entry.

use alloc::collections::{BTreeMap, btree_map};
use core::ops::RangeInclusive;
use core::slice;

use smallvec::SmallVec;

use crate::context::Runs;
use crate::{CausalContext, Dot, ReplicaId};

/// One replica's live counters and the slots of their entries.
type Column = BTreeMap<u64, usize>;

#[derive(Clone, Default)]
pub(super) struct Columns {
    /// Sorted by id; no column is empty.
    replicas: SmallVec<[(ReplicaId, Column); 1]>,
}

static NONE: Column = Column::new();

/// The slots of all columns, in the order of dots.
#[derive(Clone)]
pub(super) struct Slots<'a> {
    columns: slice::Iter<'a, (ReplicaId, Column)>,
    column: btree_map::Values<'a, u64, usize>,
}

impl Iterator for Slots<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        loop {
            if let Some(slot) = self.column.next() {
                return Some(*slot);
            }
            self.column = self.columns.next()?.1.values();
        }
    }
}

impl Columns {
    pub(super) fn get(&self, dot: Dot) -> Option<usize> {
        self.column(dot.replica).get(&dot.counter).copied()
    }

    /// The slots in the order of dots.
    pub(super) fn slots(&self) -> Slots<'_> {
        Slots { columns: self.replicas.iter(), column: NONE.values() }
    }

    /// The live counters of a replica within a run, with their slots.
    pub(super) fn range(
        &self,
        replica: ReplicaId,
        run: RangeInclusive<u64>,
    ) -> impl Iterator<Item = (u64, usize)> {
        self.column(replica).range(run).map(|(counter, slot)| (*counter, *slot))
    }

    /// The live dots of a replica as runs.
    pub(super) fn runs(&self, replica: ReplicaId) -> Runs {
        self.column(replica).keys().copied().collect()
    }

    /// The live dots. Cost: O(live dots).
    pub(super) fn to_context(&self) -> CausalContext {
        let mut live = CausalContext::new();
        for (replica, column) in &self.replicas {
            live.push(*replica, column.keys().copied().collect());
        }
        live
    }

    pub(super) fn insert(&mut self, dot: Dot, slot: usize) {
        let place = self.place(dot.replica).unwrap_or_else(|place| {
            self.replicas.insert(place, (dot.replica, Column::new()));
            place
        });
        self.replicas[place].1.insert(dot.counter, slot);
    }

    pub(super) fn remove(&mut self, dot: Dot) -> Option<usize> {
        let place = self.place(dot.replica).ok()?;
        let column = &mut self.replicas[place].1;
        let slot = column.remove(&dot.counter);
        if column.is_empty() {
            self.replicas.remove(place);
        }
        slot
    }

    fn column(&self, replica: ReplicaId) -> &Column {
        match self.place(replica) {
            Ok(place) => &self.replicas[place].1,
            Err(_) => &NONE,
        }
    }

    fn place(&self, replica: ReplicaId) -> Result<usize, usize> {
        self.replicas.binary_search_by_key(&replica, |(replica, _)| *replica)
    }
}
