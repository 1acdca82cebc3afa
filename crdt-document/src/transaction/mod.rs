//! Writing: many mutations, one delta, all or nothing.
//!
//! | file | what it answers |
//! |---|---|
//! | `undo` | how what was written is taken back |
//! | `counter`, `pn_counter`, `set`, `register`, `mv_register` | the handles that write |

mod counter;
mod mv_register;
mod pn_counter;
mod register;
mod set;
mod undo;

use alloc::sync::Arc;
use alloc::vec::Vec;

use crdt_core::CausalContext;

use crate::cell::Cell;
use crate::index::Members;
use crate::key::{Key, Place};
use crate::{Author, Document, Kind, Value, WriteError};
use undo::Undo;

pub use counter::CounterMut;
pub use mv_register::MvRegisterMut;
pub use pn_counter::PnCounterMut;
pub use register::RegisterMut;
pub use set::{GSetMut, SetMut};

/// Writes to a [`Document`] that become one delta, or nothing:
/// see [`Document::transact`].
///
/// Each method of a handle writes at once, so that what comes later in the transaction builds on
/// it; each returns an error if it is not possible, and then it has changed nothing.
pub struct Transaction<'a> {
    document: &'a mut Document,
    author: Author,
    undo: Undo,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(document: &'a mut Document, author: Author) -> Self {
        let undo = Undo::new(&document.map, author.replica);
        Self { document, author, undo }
    }

    /// The document as it is, with what this transaction has written so far.
    pub fn document(&self) -> &Document {
        self.document
    }

    /// In whose name this transaction writes.
    pub fn author(&self) -> Author {
        self.author
    }

    /// The counter of this name, to count.
    pub fn counter(&mut self, name: &str) -> CounterMut<'_, 'a> {
        CounterMut::new(self, name)
    }

    /// The counter of this name that goes up and down, to count and to reset.
    pub fn pn_counter(&mut self, name: &str) -> PnCounterMut<'_, 'a> {
        PnCounterMut::new(self, name)
    }

    /// The grow-only set of this name, to add to.
    pub fn g_set(&mut self, name: &str) -> GSetMut<'_, 'a> {
        GSetMut::new(self, name)
    }

    /// The set of this name, to add to and to remove from.
    pub fn set(&mut self, name: &str) -> SetMut<'_, 'a> {
        SetMut::new(self, name)
    }

    /// The register of this name of which the last write stays, to be set.
    pub fn register(&mut self, name: &str) -> RegisterMut<'_, 'a> {
        RegisterMut::new(self, name)
    }

    /// The register of this name that keeps concurrent writes, to be set.
    pub fn mv_register(&mut self, name: &str) -> MvRegisterMut<'_, 'a> {
        MvRegisterMut::new(self, name)
    }

    /// Removes what is under a name, whatever its kinds: the elements of a set, the values of a
    /// register, what was counted in a counter that can be reset. What is written there
    /// concurrently survives. Where there is nothing, nothing happens.
    ///
    /// Of a counter a removal is a reset: it reads 0, and its name stays.
    ///
    /// # Errors
    ///
    /// [`WriteError::GrowOnly`] when the name is used as something that only grows, and
    /// [`WriteError::DotsUsedUp`], which a reset can come to; nothing was removed.
    pub fn remove(&mut self, name: &str) -> Result<(), WriteError> {
        let kinds: Vec<Kind> = self.document.kinds(name).collect();
        kinds.iter().try_for_each(|kind| removable(name, *kind))?;
        // A reset is the first of them, and the only one that can fail.
        kinds.into_iter().try_for_each(|kind| self.remove_kind(name, kind))
    }

    /// Removes what is under a name as one kind, as [`remove`](Transaction::remove) does: the end
    /// of a conflict.
    ///
    /// # Errors
    ///
    /// As [`remove`](Transaction::remove).
    pub fn remove_kind(&mut self, name: &str, kind: Kind) -> Result<(), WriteError> {
        removable(name, kind)?;
        match kind {
            Kind::PnCounter => self.pn_counter(name).reset(),
            kind => {
                self.kill_all(name, kind);
                Ok(())
            }
        }
    }

    /// Ends the transaction: what was written stays. Returns the dots of the change.
    pub(crate) fn finish(mut self) -> CausalContext {
        self.undo.forget(&self.document.map)
    }

    /// Enters what is about to be written into the index, if there is a dot for it; returns its key.
    fn enter(&mut self, name: &Arc<str>, place: Place) -> Result<Key, WriteError> {
        let Document { map, index } = &mut *self.document;
        let replica = self.author.replica;
        if map.context().next(replica).is_none() {
            return Err(WriteError::DotsUsedUp { replica });
        }
        let key = Key::new(name, place);
        index.insert(&key);
        Ok(key)
    }

    /// Writes a cell, in place of those that are there.
    fn write(&mut self, name: &Arc<str>, place: Place, cell: Cell) -> Result<(), WriteError> {
        let key = self.enter(name, place)?;
        let map = &mut self.document.map;
        map.write_each(self.author.replica, [(key, cell)], |killed| self.undo.note(killed));
        Ok(())
    }

    /// Writes elements, all those for which there is a dot.
    fn write_elements(
        &mut self,
        name: &Arc<str>,
        kind: Kind,
        mut elements: Vec<Value>,
    ) -> Result<(), WriteError> {
        let Document { map, index } = &mut *self.document;
        let replica = self.author.replica;
        let writes = elements.iter().map(|element| {
            let place = match kind {
                Kind::GSet => Place::GSet(element.clone()),
                _ => Place::Set(element.clone()),
            };
            (Key::new(name, place), Cell::Element)
        });
        let written = map.write_each(replica, writes, |killed| self.undo.note(killed));
        let is_used_up = written < elements.len();
        elements.truncate(written);
        index.insert_elements(name, kind, elements);
        if is_used_up { Err(WriteError::DotsUsedUp { replica }) } else { Ok(()) }
    }

    /// Writes a cell beside those that are there.
    fn write_beside(
        &mut self,
        name: &Arc<str>,
        place: Place,
        cell: Cell,
    ) -> Result<(), WriteError> {
        let key = self.enter(name, place)?;
        self.document.map.write_beside(self.author.replica, [(key, cell)]);
        Ok(())
    }

    /// Removes what is in a place.
    fn kill(&mut self, name: &Arc<str>, place: Place) {
        let Document { map, index } = &mut *self.document;
        let key = Key::new(name, place);
        map.remove_each(&key, |killed| self.undo.note(killed));
        index.remove(&key);
    }

    /// Removes what is under a name as a set or register.
    pub(crate) fn kill_all(&mut self, name: &str, kind: Kind) {
        let Some((name, members)) = self.document.index.members(name, kind) else { return };
        let places: Vec<Place> = match members {
            Members::Set(elements) => elements.iter().cloned().map(Place::Set).collect(),
            Members::Register => [Place::Register].into(),
            Members::MvRegister => [Place::MvRegister].into(),
            Members::Counter(_) | Members::PnCounter(_) | Members::GSet(_) => Vec::new(),
        };
        let name = name.clone();
        for place in places {
            self.kill(&name, place);
        }
    }
}

fn removable(name: &str, kind: Kind) -> Result<(), WriteError> {
    match kind {
        Kind::Counter | Kind::GSet => Err(WriteError::GrowOnly { name: name.into(), kind }),
        _ => Ok(()),
    }
}

/// A transaction that ends without having been finished, at an error or a panic, is undone.
impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        self.undo.take_back(self.document);
    }
}

/// Declares a handle that writes: a name, and the transaction that it belongs to.
macro_rules! handle {
    ($(#[$documentation:meta])* $handle:ident) => {
        $(#[$documentation])*
        pub struct $handle<'t, 'd> {
            transaction: &'t mut crate::Transaction<'d>,
            name: alloc::sync::Arc<str>,
        }

        impl<'t, 'd> $handle<'t, 'd> {
            pub(super) fn new(transaction: &'t mut crate::Transaction<'d>, name: &str) -> Self {
                let name = transaction.document.index.share(name);
                Self { transaction, name }
            }
        }
    };
}

use handle;
