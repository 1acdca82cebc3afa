//! Reading a multi-value register.

use alloc::vec::Vec;
use core::fmt;

use crdt_core::Entry;

use super::cells;
use crate::cell::Cell;
use crate::key::{Key, Place};
use crate::{Document, Kind, Value};

/// A register of a [`Document`] that keeps every concurrent value until one is chosen, to be read:
/// an address, a setting, whatever a person has entered.
///
/// A write replaces the values that its replica has seen; values written concurrently are all kept
/// (Shapiro, Preguiça, Baquero, Zawirski 2011, section 3.2.2; as a delta CRDT Almeida, Shoker,
/// Baquero 2018, on causal CRDTs).
///
/// ```
/// # use crdt_document::{Author, Document, Merge, ReplicaId, Timestamp};
/// # let (eu, us) = (ReplicaId::from_u128(1), ReplicaId::from_u128(2));
/// # let (eu, us) = (Author::new(eu, Timestamp::MIN), Author::new(us, Timestamp::MIN));
/// let (mut here, mut there) = (Document::new(), Document::new());
/// here.transact(eu, |tx| tx.mv_register("address").set("1 Main St"))?;
/// there.transact(us, |tx| tx.mv_register("address").set("2 High St"))?;
/// here.merge(there);
/// assert_eq!(here.mv_register("address").values(), ["1 Main St", "2 High St"]);
/// # Ok::<(), crdt_document::WriteError>(())
/// ```
#[derive(Clone)]
pub struct MvRegister<'a> {
    values: Vec<&'a Value>,
}

impl<'a> MvRegister<'a> {
    pub(crate) fn new(document: &'a Document, name: &str) -> Self {
        let named = document.index.members(name, Kind::MvRegister);
        let values = named.map(|(name, _)| distinct(cells(document, name, Place::MvRegister)));
        Self { values: values.unwrap_or_default() }
    }

    /// The values, each once however many replicas wrote it, in the order of [`Value`]: one, unless
    /// different ones were written concurrently.
    pub fn values(&self) -> &[&'a Value] {
        &self.values
    }

    /// The value, where there is exactly one.
    pub fn get(&self) -> Option<&'a Value> {
        match self.values.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// Whether there are several values to choose from.
    pub fn is_conflicted(&self) -> bool {
        self.values.len() > 1
    }

    /// Whether it holds no value: it was never written to, or it was cleared.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// The values of a multi-value register, each once, in order.
pub(crate) fn distinct<'a>(cells: impl Iterator<Item = &'a Entry<Key, Cell>>) -> Vec<&'a Value> {
    let value = |entry: &'a Entry<Key, Cell>| match entry.value() {
        Cell::Plain(value) => Some(value),
        _ => None,
    };
    let mut values: Vec<_> = cells.filter_map(value).collect();
    values.sort_unstable();
    values.dedup();
    values
}

/// Reads `MvRegister(["1 Main St", "2 High St"])`.
impl fmt::Debug for MvRegister<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MvRegister").field(&self.values).finish()
    }
}
