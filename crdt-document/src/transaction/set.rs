//! Adding and removing.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::handle;
use crate::cell::Cell;
use crate::key::Place;
use crate::read::{GSet, Set};
use crate::{Kind, Value, WriteError};

handle! {
    /// A [`GSet`] that is written to, within a transaction.
    GSetMut
}

impl GSetMut<'_, '_> {
    /// The set as it is.
    pub fn read(&self) -> GSet<'_> {
        self.transaction.document().g_set(&self.name)
    }

    /// Adds an element; nothing is written if it is there.
    ///
    /// # Errors
    ///
    /// [`WriteError::DotsUsedUp`]; then nothing was changed.
    pub fn add(&mut self, element: impl Into<Value>) -> Result<(), WriteError> {
        let element = element.into();
        if self.read().contains(&element) {
            return Ok(());
        }
        self.transaction.write(&self.name, Place::GSet(element), Cell::Element)
    }

    /// Adds many elements.
    ///
    /// # Errors
    ///
    /// As [`add`](GSetMut::add), of the first that cannot be added; those before it were.
    pub fn add_all<T: Into<Value>>(
        &mut self,
        elements: impl IntoIterator<Item = T>,
    ) -> Result<(), WriteError> {
        let set = self.read();
        let mut met = BTreeSet::new();
        let mut is_new =
            |element: &Value| !set.contains(element.clone()) && met.insert(element.clone());
        let new = elements.into_iter().map(Into::into).filter(&mut is_new).collect();
        self.transaction.write_elements(&self.name, Kind::GSet, new)
    }
}

handle! {
    /// A [`Set`] that is written to, within a transaction.
    SetMut
}

impl SetMut<'_, '_> {
    /// The set as it is.
    pub fn read(&self) -> Set<'_> {
        self.transaction.document().set(&self.name)
    }

    /// Adds an element.
    ///
    /// Adding what is already there is not a no-op: the new addition survives a removal that runs
    /// concurrently. It supersedes the additions seen, so the set does not grow.
    ///
    /// # Errors
    ///
    /// [`WriteError::DotsUsedUp`]; then nothing was changed.
    pub fn add(&mut self, element: impl Into<Value>) -> Result<(), WriteError> {
        self.transaction.write(&self.name, Place::Set(element.into()), Cell::Element)
    }

    /// Adds many elements.
    ///
    /// # Errors
    ///
    /// As [`add`](SetMut::add), of the first that cannot be added; those before it were.
    pub fn add_all<T: Into<Value>>(
        &mut self,
        elements: impl IntoIterator<Item = T>,
    ) -> Result<(), WriteError> {
        let elements: Vec<Value> = elements.into_iter().map(Into::into).collect();
        self.transaction.write_elements(&self.name, Kind::Set, elements)
    }

    /// Removes an element: all additions of it that have been seen here. Nothing happens if it is
    /// not there.
    ///
    /// # Errors
    ///
    /// None: it returns what the other mutators return.
    pub fn remove(&mut self, element: impl Into<Value>) -> Result<(), WriteError> {
        self.transaction.kill(&self.name, Place::Set(element.into()));
        Ok(())
    }

    /// Removes many elements.
    ///
    /// # Errors
    ///
    /// As [`remove`](SetMut::remove): none.
    pub fn remove_all<T: Into<Value>>(
        &mut self,
        elements: impl IntoIterator<Item = T>,
    ) -> Result<(), WriteError> {
        elements.into_iter().try_for_each(|element| self.remove(element))
    }

    /// Removes every element for which `keep` says no.
    ///
    /// # Errors
    ///
    /// As [`remove`](SetMut::remove): none.
    pub fn retain(&mut self, mut keep: impl FnMut(&Value) -> bool) -> Result<(), WriteError> {
        let leaving = self.read().iter().filter(|element| !keep(element)).cloned();
        let leaving: Vec<Value> = leaving.collect();
        self.remove_all(leaving)
    }

    /// Removes every element that has been seen here.
    ///
    /// # Errors
    ///
    /// As [`remove`](SetMut::remove): none.
    pub fn clear(&mut self) -> Result<(), WriteError> {
        self.transaction.kill_all(&self.name, Kind::Set);
        Ok(())
    }
}
