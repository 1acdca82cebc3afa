//! Reading a last-writer-wins register.

use core::cmp::Ordering;
use core::fmt;

use crdt_core::wire::canonical_cmp;
use crdt_core::{Entry, ReplicaId, Timestamp};

use super::cells;
use crate::cell::Cell;
use crate::key::{Key, Place};
use crate::{Document, Kind, Value};

/// A register of a [`Document`] of which the last write stays, to be read: a name, a status.
///
/// The LWW-Register of Shapiro, Preguiça, Baquero, Zawirski 2011, section 3.2.1, in a causal map: a
/// write supersedes what its replica has seen, and its stamp exceeds every stamp that its replica
/// has seen there. Of concurrent writes that with the greatest timestamp is read, of those the one
/// of the greatest replica id; and between writes equal in both, which only a fault or a forger
/// makes, the value with the greatest canonical bytes. So all replicas read the same.
///
/// ```
/// # use crdt_document::{Author, Document, ReplicaId, Timestamp};
/// # let me = Author::new(ReplicaId::from_u128(1), Timestamp::MIN);
/// let mut doc = Document::new();
/// assert!(doc.register("name").get().is_none());
/// doc.transact(me, |tx| tx.register("name").set("Alice"))?;
/// assert_eq!(doc.register("name").get().unwrap(), "Alice");
/// # Ok::<(), crdt_document::WriteError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Register<'a> {
    written: Option<&'a Entry<Key, Cell>>,
}

impl<'a> Register<'a> {
    pub(crate) fn new(document: &'a Document, name: &str) -> Self {
        let named = document.index.members(name, Kind::Register);
        let written = named.and_then(|(name, _)| winner(cells(document, name, Place::Register)));
        Self { written }
    }

    /// The value; `None` before the first write, and after the register was cleared.
    pub fn get(&self) -> Option<&'a Value> {
        self.written.and_then(|entry| stamped(entry)).map(|(_, value)| value)
    }

    /// When the value was written.
    pub fn timestamp(&self) -> Option<Timestamp> {
        self.written.and_then(|entry| stamped(entry)).map(|(timestamp, _)| timestamp)
    }

    /// Who wrote the value.
    pub fn writer(&self) -> Option<ReplicaId> {
        self.written.map(|entry| entry.dot().replica())
    }
}

fn stamped(entry: &Entry<Key, Cell>) -> Option<(Timestamp, &Value)> {
    match entry.value() {
        Cell::Stamped(timestamp, value) => Some((*timestamp, value)),
        _ => None,
    }
}

/// What orders the writes of a register, but for those that a fault has given one stamp.
pub(crate) fn stamp(entry: &Entry<Key, Cell>) -> Option<(Timestamp, ReplicaId)> {
    stamped(entry).map(|(timestamp, _)| (timestamp, entry.dot().replica()))
}

/// Of the writes of a register the one that is read.
pub(crate) fn winner<'a>(
    cells: impl Iterator<Item = &'a Entry<Key, Cell>>,
) -> Option<&'a Entry<Key, Cell>> {
    cells.max_by(|one, other| order(one, other))
}

/// Total and the same everywhere. The bytes are looked at only when all else is equal and the values
/// are not.
fn order(one: &Entry<Key, Cell>, other: &Entry<Key, Cell>) -> Ordering {
    stamp(one).cmp(&stamp(other)).then_with(|| match (stamped(one), stamped(other)) {
        (Some((_, mine)), Some((_, theirs))) if mine != theirs => canonical_cmp(mine, theirs),
        _ => Ordering::Equal,
    })
}

/// Reads `Register(Some("Alice"))`.
impl fmt::Debug for Register<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Register").field(&self.get()).finish()
    }
}
