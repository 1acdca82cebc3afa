//! Moving a value to another document, as from one data region to another.

use alloc::vec::Vec;

use crdt_core::Dotted;

use super::Document;
use crate::{Author, Kind, MoveError, Transaction, Value};

impl Document {
    /// Moves what is under a name to another document: removes it here and adds it there. Returns
    /// both changes, this document's first.
    ///
    /// Of a set the elements move, of a register its value, stamped anew; what is there already is
    /// added to, or superseded. A concurrent write to the old place stays in the old place. The two
    /// changes are two: a replica of both documents can see the one before the other.
    ///
    /// # Errors
    ///
    /// [`MoveError::NotMovable`] for counters and grow-only sets, [`MoveError::NotThere`] when there
    /// is nothing to move, and [`MoveError::Write`] when it cannot be written there. Neither
    /// document was changed.
    ///
    /// # Examples
    ///
    /// ```
    /// use crdt_document::{Author, Document, Kind, ReplicaId, Timestamp};
    ///
    /// let me = Author::new(ReplicaId::from_u128(1), Timestamp::MIN);
    /// let (mut eu_only, mut global) = (Document::new(), Document::new());
    /// eu_only.transact(me, |tx| tx.set("cart").add("apple"))?;
    ///
    /// let (removed, added) = eu_only.relocate(&mut global, "cart", Kind::Set, me)?;
    /// assert!(!eu_only.contains("cart") && global.set("cart").contains("apple"));
    /// # let _ = (removed, added);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn relocate(
        &mut self,
        to: &mut Self,
        name: &str,
        kind: Kind,
        author: Author,
    ) -> Result<(Self, Self), MoveError> {
        if matches!(kind, Kind::Counter | Kind::PnCounter | Kind::GSet) {
            return Err(MoveError::NotMovable { name: name.into(), kind });
        }
        let moving = self.movable(name, kind);
        if moving.is_empty() {
            return Err(MoveError::NotThere { name: name.into(), kind });
        }
        let added = to.transact(author, |tx| match kind {
            Kind::Set => tx.set(name).add_all(moving),
            Kind::Register => moving.into_iter().try_for_each(|value| tx.register(name).set(value)),
            _ => tx.mv_register(name).set_all(moving),
        })?;
        let mut transaction = Transaction::new(self, author);
        transaction.kill_all(name, kind);
        let removed = transaction.finish();
        Ok((self.restrict(&removed), added))
    }

    /// The elements of a set, the values of a register.
    fn movable(&self, name: &str, kind: Kind) -> Vec<Value> {
        match kind {
            Kind::Set => self.set(name).iter().cloned().collect(),
            Kind::Register => self.register(name).get().cloned().into_iter().collect(),
            Kind::MvRegister => self.mv_register(name).values().iter().copied().cloned().collect(),
            _ => Vec::new(),
        }
    }
}
