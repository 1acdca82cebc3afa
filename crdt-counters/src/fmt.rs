//! How counters read: `GCounter { value: 80, …0001: 50, …0002: 30 }`.

use alloc::format;
use core::fmt;

use crdt_core::ReplicaId;

use crate::{GCounter, PnCounter, ResettableCounter};

impl fmt::Debug for GCounter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.iter().map(|(replica, total)| (replica, format!("{total}")));
        debug(f, "GCounter", &self.value(), rows)
    }
}

impl fmt::Debug for PnCounter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.tallies.rows().map(|(replica, [increments, decrements])| {
            (replica, format!("+{increments} -{decrements}"))
        });
        debug(f, "PnCounter", &self.value(), rows)
    }
}

impl fmt::Debug for ResettableCounter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.tallies.rows().map(|(replica, row)| {
            let [increments, decrements, reset_increments, reset_decrements] = row;
            let totals = format!("+{increments} -{decrements}");
            let row = match (reset_increments, reset_decrements) {
                (0, 0) => totals,
                _ => format!("{totals} reset at +{reset_increments} -{reset_decrements}"),
            };
            (replica, row)
        });
        debug(f, "ResettableCounter", &self.value(), rows)
    }
}

fn debug(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    value: &dyn fmt::Debug,
    rows: impl Iterator<Item = (ReplicaId, alloc::string::String)>,
) -> fmt::Result {
    let mut fields = f.debug_struct(name);
    fields.field("value", value);
    for (replica, row) in rows {
        fields.field(&format!("{replica:?}"), &format_args!("{row}"));
    }
    fields.finish()
}
