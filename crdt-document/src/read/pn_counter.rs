//! Reading a counter that goes both ways and can be reset.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crdt_core::{Entry, ReplicaId};

use super::cells;
use crate::cell::{Cell, Sides, greatest};
use crate::index::{Counted, Members};
use crate::key::{Key, Place};
use crate::{Document, Kind};

/// A counter of a [`Document`] that goes up and down and can be reset, to be read: items in stock,
/// unread messages.
///
/// It is one cell for each replica that has counted, written by that replica alone, with two
/// totals that never restart: of all that it ever added, and of all that it took away (the
/// PN-Counter of Shapiro, Preguiça, Baquero, Zawirski 2011, section 3.1.3, as cells of a causal
/// map). A reset writes a cell of its own, with the totals that it has seen. What a replica counts
/// is what exceeds the greatest of those, on each side: so a reset removes exactly what it has
/// seen, and a concurrent increment survives it.
///
/// The value may fall below zero: replicas that count down at once cannot know of one another.
///
/// ```
/// # use crdt_document::{Author, Document, ReplicaId, Timestamp};
/// # let me = Author::new(ReplicaId::from_u128(1), Timestamp::MIN);
/// let mut doc = Document::new();
/// doc.transact(me, |tx| tx.pn_counter("stock").increment(10))?;
/// doc.transact(me, |tx| tx.pn_counter("stock").decrement(3))?;
/// assert_eq!(doc.pn_counter("stock").value(), 7);
/// doc.transact(me, |tx| tx.pn_counter("stock").reset())?;
/// assert_eq!(doc.pn_counter("stock").value(), 0);
/// # Ok::<(), crdt_document::WriteError>(())
/// ```
#[derive(Clone, Copy)]
pub struct PnCounter<'a> {
    document: &'a Document,
    counted: Option<(&'a Arc<str>, &'a Counted)>,
}

impl<'a> PnCounter<'a> {
    pub(crate) fn new(document: &'a Document, name: &str) -> Self {
        let counted = match document.index.members(name, Kind::PnCounter) {
            Some((name, Members::PnCounter(counted))) => Some((name, &**counted)),
            _ => None,
        };
        Self { document, counted }
    }

    /// What has been added less what has been taken away, since the last reset that is known here.
    /// Cost: O(replicas), and O(replicas) for each that has reset.
    pub fn value(&self) -> i128 {
        self.tally().value()
    }

    /// What one replica has added less what it has taken away, since the last reset that is known
    /// here. Cost: as [`value`](PnCounter::value).
    pub fn get(&self, replica: ReplicaId) -> i128 {
        self.tally().rows().find(|(other, _)| *other == replica).map_or(0, |(_, row)| net(row))
    }

    /// The replicas that have ever counted, ascending, and what each has added less what it has
    /// taken away since the last reset.
    pub fn iter(&self) -> impl Iterator<Item = (ReplicaId, i128)> + use<'a> {
        let counted = self.tally().0.into_iter().filter(|row| row.totals != [0, 0]);
        counted.map(|row| (row.replica, net(row.left())))
    }

    pub(crate) fn tally(&self) -> Tally {
        let Some((name, counted)) = self.counted else { return Tally::default() };
        let places = counted.totals.iter().map(|replica| Place::Totals(*replica));
        let places = places.chain(counted.resets.iter().map(|replica| Place::Reset(*replica)));
        Tally::of(places.flat_map(|place| cells(self.document, name, place)))
    }
}

/// What exceeds its baseline, added less taken away.
fn net([increments, decrements]: Sides) -> i128 {
    i128::from(increments) - i128::from(decrements)
}

/// The totals of one replica, and up to where resets have seen them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub(crate) replica: ReplicaId,
    pub(crate) totals: Sides,
    pub(crate) baselines: Sides,
}

impl Row {
    /// What exceeds its baseline. A delta may bring a baseline before the total that it was taken
    /// from.
    fn left(&self) -> Sides {
        [0, 1].map(|side| self.totals[side].saturating_sub(self.baselines[side]))
    }
}

/// The totals and greatest baselines of all replicas, ascending.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(pub(crate) Vec<Row>);

impl Tally {
    /// What the cells of a counter say together.
    pub(crate) fn of<'a>(cells: impl Iterator<Item = &'a Entry<Key, Cell>>) -> Self {
        let mut rows = Vec::new();
        for entry in cells {
            match (&entry.key().place, entry.value()) {
                (Place::Totals(replica), Cell::Totals(totals)) => {
                    rows.push(Row { replica: *replica, totals: *totals, baselines: [0, 0] });
                }
                (_, Cell::Reset(seen)) => rows.extend(seen.iter().map(|(replica, baselines)| {
                    Row { replica: *replica, totals: [0, 0], baselines: *baselines }
                })),
                _ => {}
            }
        }
        rows.sort_unstable_by_key(|row| row.replica);
        rows.dedup_by(|next, row| {
            let same = next.replica == row.replica;
            if same {
                row.totals = greatest(row.totals, next.totals);
                row.baselines = greatest(row.baselines, next.baselines);
            }
            same
        });
        Self(rows)
    }

    pub(crate) fn value(&self) -> i128 {
        self.rows().map(|(_, row)| net(row)).sum()
    }

    /// What there is left of the totals of each replica.
    fn rows(&self) -> impl Iterator<Item = (ReplicaId, Sides)> {
        self.0.iter().map(|row| (row.replica, row.left()))
    }
}

/// The greatest totals of the cells of one replica: there is one, unless its id is in use twice.
pub(crate) fn totals<'a>(cells: impl Iterator<Item = &'a Entry<Key, Cell>>) -> Sides {
    cells.fold([0, 0], |most, entry| match entry.value() {
        Cell::Totals(totals) => greatest(most, *totals),
        _ => most,
    })
}

/// Reads `PnCounter(-3)`.
impl fmt::Debug for PnCounter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PnCounter").field(&self.value()).finish()
    }
}
