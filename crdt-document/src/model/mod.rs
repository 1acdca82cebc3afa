//! The document as the law kit sees it.
//!
//! ```
//! use crdt_core::laws;
//! use crdt_document::model::DocumentModel;
//!
//! laws::check::<DocumentModel>();
//! ```

mod operation;
mod sequential;

use alloc::vec::Vec;

use crdt_core::laws;

use crate::{Author, Document, Item, Transaction, WriteError};

pub use operation::{DocumentOperation, What, Write};

/// A [`Document`] of few names and values, so that replicas write the same.
#[derive(Clone, Copy, Debug)]
pub struct DocumentModel;

impl laws::Model for DocumentModel {
    type State = Document;
    type Operation = DocumentOperation;
    /// All that there is to see, in order.
    type Observed = Vec<Item>;

    fn apply(
        state: &mut Document,
        author: &laws::Author,
        operation: &DocumentOperation,
    ) -> Document {
        let author = Author::new(author.replica, author.timestamp);
        let outcome = match operation {
            DocumentOperation::Write(write) => {
                state.try_transact(author, |tx| write.apply(tx).map_err(Stopped::from))
            }
            DocumentOperation::Transact(writes) => {
                state.try_transact(author, |tx| Ok(apply_all(writes, tx)?))
            }
            DocumentOperation::Abandon(writes) => state.try_transact(author, |tx| {
                apply_all(writes, tx)?;
                Err(Stopped)
            }),
        };
        // What is not possible changes nothing.
        outcome.unwrap_or_default()
    }

    fn observe(state: &Document) -> Vec<Item> {
        state.items().collect()
    }

    fn sequential(operations: &[DocumentOperation]) -> Option<Vec<Item>> {
        Some(sequential::after(operations))
    }
}

fn apply_all(writes: &[Write], tx: &mut Transaction<'_>) -> Result<(), WriteError> {
    writes.iter().try_for_each(|write| write.apply(tx))
}

/// The transaction ended without having been finished.
struct Stopped;

impl From<WriteError> for Stopped {
    fn from(_: WriteError) -> Self {
        Self
    }
}
