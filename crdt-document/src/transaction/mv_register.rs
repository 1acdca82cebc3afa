//! Setting a multi-value register.

use alloc::vec::Vec;

use super::handle;
use crate::cell::Cell;
use crate::key::Place;
use crate::read::MvRegister;
use crate::{Kind, Value, WriteError};

handle! {
    /// An [`MvRegister`] that is written to, within a transaction.
    MvRegisterMut
}

impl MvRegisterMut<'_, '_> {
    /// The register as it is.
    pub fn read(&self) -> MvRegister<'_> {
        self.transaction.document().mv_register(&self.name)
    }

    /// Writes a value, in place of all that have been seen here.
    ///
    /// # Errors
    ///
    /// [`WriteError::DotsUsedUp`]; then nothing was changed.
    pub fn set(&mut self, value: impl Into<Value>) -> Result<(), WriteError> {
        self.transaction.write(&self.name, Place::MvRegister, Cell::Plain(value.into()))
    }

    /// Writes values that stay in conflict with one another, in place of all that have been seen
    /// here.
    pub(crate) fn set_all(&mut self, values: Vec<Value>) -> Result<(), WriteError> {
        let mut values = values.into_iter();
        values.next().map_or(Ok(()), |first| self.set(first))?;
        values.try_for_each(|value| {
            self.transaction.write_beside(&self.name, Place::MvRegister, Cell::Plain(value))
        })
    }

    /// Ends a conflict: writes what `choose` makes of the values, which it gets as
    /// [`MvRegister::values`] lists them.
    ///
    /// Without a conflict `choose` is not called and nothing is written. When two replicas resolve
    /// a conflict differently at once, that is a new one.
    ///
    /// # Errors
    ///
    /// As [`set`](MvRegisterMut::set).
    pub fn resolve(&mut self, choose: impl FnOnce(&[&Value]) -> Value) -> Result<(), WriteError> {
        let register = self.read();
        if !register.is_conflicted() {
            return Ok(());
        }
        let chosen = choose(register.values());
        self.set(chosen)
    }

    /// Removes the values that have been seen here; one written concurrently survives. Nothing
    /// happens if there is none.
    ///
    /// # Errors
    ///
    /// None: it returns what the other mutators return.
    pub fn clear(&mut self) -> Result<(), WriteError> {
        self.transaction.kill_all(&self.name, Kind::MvRegister);
        Ok(())
    }
}
