//! The document.
//!
//! | file | what it answers |
//! |---|---|
//! | `names` | which names there are, how they are used, and what is under them |
//! | `lattice` | merge, delta, observe: the engine's, with names |
//! | `admit` | what may be merged, what has to wait, what is written anew |
//! | `relocate` | moving a value to another document |
//! | `wire` | canonical bytes |
//! | `fmt`, `serde` | for people |
//! | `arbitrary` | reachable states for property tests |

mod admit;
#[cfg(feature = "quickcheck")]
mod arbitrary;
mod fmt;
mod lattice;
mod names;
mod observe;
mod relocate;
#[cfg(feature = "serde")]
mod serde;
mod wire;

use crdt_core::{CausalContext, DotMap, Dotted};

use crate::cell::Cell;
use crate::index::Index;
use crate::key::Key;
use crate::{Author, Transaction, WriteError};

pub use names::{Conflicts, Kinds, Names};
pub use observe::{Content, Item};
#[cfg(feature = "serde")]
pub use serde::View;

/// Named values of any type of the family, in one replicated state.
///
/// A name is used as one of six [kinds](crate::Kind): a counter, a set, a register; nothing has to
/// be declared. Reading goes through handles of the name, writing through a transaction
/// ([`transact`](Document::transact)), which returns one delta for all that it wrote.
///
/// All values share one causal engine (the dot store of Almeida, Shoker, Baquero 2018, on causal
/// CRDTs, with one context for all keys) and one context: ten thousand small values cost what one
/// set of ten thousand elements costs.
///
/// **Two kinds under one name** can come about, when two replicas start to use a name differently
/// at the same time. Nothing is lost: both are kept, each is read by its kind, and
/// [`conflicts`](Document::conflicts) tells.
///
/// # Cost
///
/// With n values of all names together: finding a name O(log n), and writing or merging a change
/// O(log n) for each value in it. Memory: some 200 bytes for each element of a set, 300 for a
/// register and 350 for a counter, besides text and bytes, and 40 for each replica id that ever
/// wrote. What was removed leaves nothing behind, but
/// for counters: a cell for each replica that counted and for each that reset stays.
///
/// # Examples
///
/// ```
/// use crdt_document::{Author, Document, Merge, ReplicaId, Timestamp};
///
/// let eu = Author::new(ReplicaId::from_u128(1), Timestamp::MIN); // the time by its clock in earnest
/// let mut doc = Document::new();
/// let delta = doc.transact(eu, |tx| {
///     tx.counter("likes").increment(1)?;
///     tx.set("cart").add("apple")?;
///     tx.register("name").set("Alice")
/// })?;
///
/// let mut elsewhere = Document::new();
/// elsewhere.merge(delta);
/// assert_eq!(elsewhere.counter("likes").value(), 1);
/// assert!(elsewhere.set("cart").contains("apple"));
/// assert_eq!(elsewhere.register("name").get().unwrap(), "Alice");
/// # Ok::<(), crdt_document::WriteError>(())
/// ```
#[derive(Clone, Default)]
pub struct Document {
    pub(crate) map: DotMap<Key, Cell>,
    pub(crate) index: Index,
}

impl Document {
    /// The empty document, which has seen nothing. Allocates nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every write that this document has seen, by its dot.
    pub fn context(&self) -> &CausalContext {
        self.map.context()
    }

    /// Writes many values at once, all of them or none; returns the change as one delta.
    ///
    /// What `write` returns ends the transaction: at an error, or a panic, the document is as it
    /// was. Within the transaction what it has written is read
    /// ([`Transaction::document`]).
    ///
    /// A replica that merges the delta takes all of it in at once. Two things take a transaction
    /// apart: a value that has to wait because its timestamp is too far ahead
    /// ([`Admit::separate`](crdt_core::Admit::separate)), and an answer to a digest
    /// ([`Delta::delta_since`](crdt_core::Delta::delta_since)), which knows of values and not of
    /// transactions.
    ///
    /// # Errors
    ///
    /// What `write` returns; nothing was changed.
    pub fn transact(
        &mut self,
        author: Author,
        write: impl FnOnce(&mut Transaction<'_>) -> Result<(), WriteError>,
    ) -> Result<Self, WriteError> {
        self.try_transact(author, write)
    }

    /// As [`transact`](Document::transact), for what can fail in the application's own way.
    ///
    /// ```
    /// use crdt_document::{Author, Delta, Document, ReplicaId, Timestamp};
    ///
    /// let me = Author::new(ReplicaId::from_u128(1), Timestamp::MIN);
    /// let mut doc = Document::new();
    /// let sold = doc.try_transact(me, |tx| {
    ///     tx.pn_counter("stock").decrement(1)?;
    ///     if tx.document().pn_counter("stock").value() < 0 {
    ///         return Err("sold out".into());
    ///     }
    ///     tx.set("sold").add("ticket")?;
    ///     Ok::<(), Box<dyn std::error::Error>>(())
    /// });
    /// assert_eq!(sold.unwrap_err().to_string(), "sold out");
    /// assert!(doc.is_bottom(), "nothing was written");
    /// ```
    ///
    /// # Errors
    ///
    /// What `write` returns; nothing was changed.
    pub fn try_transact<E>(
        &mut self,
        author: Author,
        write: impl FnOnce(&mut Transaction<'_>) -> Result<(), E>,
    ) -> Result<Self, E> {
        let dots = self.try_transact_dots(author, write)?;
        Ok(self.restrict(&dots))
    }

    /// As [`try_transact`](Document::try_transact), and returns the dots of the change, for
    /// [`Dotted::encode_restricted`]: so the bytes of the delta are had without the delta.
    ///
    /// # Errors
    ///
    /// What `write` returns; nothing was changed.
    pub fn try_transact_dots<E>(
        &mut self,
        author: Author,
        write: impl FnOnce(&mut Transaction<'_>) -> Result<(), E>,
    ) -> Result<CausalContext, E> {
        let mut transaction = Transaction::new(self, author);
        write(&mut transaction)?;
        Ok(transaction.finish())
    }

    /// The document of a map whose index is yet to be made.
    pub(crate) fn of(map: DotMap<Key, Cell>) -> Self {
        let index = Index::of(&map);
        Self { map, index }
    }

    /// Checks every invariant of the layout: for tests and fuzzing.
    ///
    /// # Errors
    ///
    /// The invariant that does not hold.
    #[doc(hidden)]
    pub fn internal_validate(&self) -> Result<(), &'static str> {
        self.map.internal_validate()?;
        if self.index != Index::of(&self.map) {
            return Err("the index is not that of the map");
        }
        Ok(())
    }
}

/// Equal states: the same writes seen, the same values there.
impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.map == other.map
    }
}
