//! Reading a counter.

use alloc::sync::Arc;
use core::fmt;

use crdt_core::{Entry, ReplicaId};

use super::cells;
use crate::cell::Cell;
use crate::index::Members;
use crate::key::{Key, Place};
use crate::{Document, Kind};

/// A counter of a [`Document`] that only grows, to be read: page views, downloads, likes.
///
/// It is one cell for each replica that has counted, written by that replica alone: the total of
/// all that it ever counted (the G-Counter of Shapiro, Preguiça, Baquero, Zawirski 2011, section
/// 3.1.2, as cells of a causal map). The value is the sum of the cells.
///
/// ```
/// # use crdt_document::{Author, Document, ReplicaId, Timestamp};
/// # let me = Author::new(ReplicaId::from_u128(1), Timestamp::MIN);
/// let mut doc = Document::new();
/// doc.transact(me, |tx| tx.counter("likes").increment(3))?;
/// assert_eq!(doc.counter("likes").value(), 3);
/// assert_eq!(doc.counter("nobody counted").value(), 0);
/// # Ok::<(), crdt_document::WriteError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Counter<'a> {
    document: &'a Document,
    counted: Option<(&'a Arc<str>, &'a [ReplicaId])>,
}

impl<'a> Counter<'a> {
    pub(crate) fn new(document: &'a Document, name: &str) -> Self {
        let counted = match document.index.members(name, Kind::Counter) {
            Some((name, Members::Counter(replicas))) => Some((name, replicas.as_slice())),
            _ => None,
        };
        Self { document, counted }
    }

    /// What all replicas have counted. Cost: O(replicas).
    pub fn value(&self) -> u128 {
        self.iter().map(|(_, total)| u128::from(total)).sum()
    }

    /// What one replica has counted, as far as is known here.
    pub fn get(&self, replica: ReplicaId) -> u64 {
        self.counted.map_or(0, |(name, _)| count(cells(self.document, name, Place::Count(replica))))
    }

    /// The replicas that have counted, ascending, and their totals.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (ReplicaId, u64)> + use<'a> {
        let Self { document, counted } = *self;
        let replicas = counted.map_or(&[][..], |(_, replicas)| replicas);
        replicas.iter().map(move |replica| (*replica, Counter { document, counted }.get(*replica)))
    }
}

/// The greatest count of the cells of one replica: there is one, unless its id is in use twice.
pub(crate) fn count<'a>(cells: impl Iterator<Item = &'a Entry<Key, Cell>>) -> u64 {
    let totals = cells.map(|entry| match entry.value() {
        Cell::Count(total) => *total,
        _ => 0,
    });
    totals.max().unwrap_or(0)
}

/// Reads `Counter(3)`.
impl fmt::Debug for Counter<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Counter").field(&self.value()).finish()
    }
}
