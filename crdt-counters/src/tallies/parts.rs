//! The join decomposition of totals: every row on its own.

use crdt_core::{ContentKey, ReplicaId};

use super::Tallies;

impl<const COLUMNS: usize> Tallies<COLUMNS> {
    /// Calls `each` with the name of every row.
    pub(crate) fn name_rows(&self, key: ContentKey, each: &mut dyn FnMut(u64)) {
        self.rows().for_each(|(id, row)| each(name(key, id, row)));
    }

    /// The rows whose names are wanted.
    pub(crate) fn take_rows(&self, key: ContentKey, wanted: &dyn Fn(u64) -> bool) -> Self {
        let mut taken = Self::new();
        for (id, row) in self.rows().filter(|(id, row)| wanted(name(key, *id, *row))) {
            taken.push(id, row);
        }
        taken
    }
}

fn name<const COLUMNS: usize>(key: ContentKey, id: ReplicaId, row: [u64; COLUMNS]) -> u64 {
    key.name(|body| {
        body.raw(id.as_bytes());
        for total in row {
            body.varint(total);
        }
    })
}
