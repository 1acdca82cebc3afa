//! Setting a last-writer-wins register.

use crdt_core::ClockError;

use super::handle;
use crate::cell::Cell;
use crate::key::{Key, Place};
use crate::read::{Register, stamp};
use crate::{Author, Kind, Value, WriteError};

handle! {
    /// A [`Register`] that is written to, within a transaction.
    RegisterMut
}

impl RegisterMut<'_, '_> {
    /// The register as it is.
    pub fn read(&self) -> Register<'_> {
        self.transaction.document().register(&self.name)
    }

    /// Writes a value, stamped with the author's timestamp.
    ///
    /// What the author has seen is always superseded: where its clock runs so far behind that the
    /// write would lose against one that it replaces, it is stamped right after that instead.
    ///
    /// # Errors
    ///
    /// [`WriteError::Clock`] when there is no timestamp after those that are there, and
    /// [`WriteError::DotsUsedUp`]; then nothing was changed.
    pub fn set(&mut self, value: impl Into<Value>) -> Result<(), WriteError> {
        let Author { replica, timestamp } = self.transaction.author();
        let key = Key::new(&self.name, Place::Register);
        let held = self.transaction.document().map.values(&key).filter_map(stamp).max();
        let timestamp = match held {
            Some(held) if held >= (timestamp, replica) => {
                held.0.next().ok_or(ClockError::WornOut)?
            }
            _ => timestamp,
        };
        let cell = Cell::Stamped(timestamp, value.into());
        self.transaction.write(&self.name, Place::Register, cell)
    }

    /// Removes the values that have been seen here; one written concurrently survives. Nothing
    /// happens if there is none.
    ///
    /// # Errors
    ///
    /// None: it returns what the other mutators return.
    pub fn clear(&mut self) -> Result<(), WriteError> {
        self.transaction.kill_all(&self.name, Kind::Register);
        Ok(())
    }
}
