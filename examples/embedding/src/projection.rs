//! The items of the cart as rows of a table, to be searched by the database's own means.
//!
//! The rows change in the transaction in which the change is logged, so that no crash comes between
//! the two. They are a projection: what counts is the account, from which they can be made anew.

use crdt_sets::{Change, OrSet};
use redb::{ReadableDatabase, ReadableTableMetadata, TableDefinition, WriteTransaction};

use crate::{Store, StoreError};

/// One row for each item that is in the cart.
const ITEMS: TableDefinition<'_, &str, ()> = TableDefinition::new("items");

/// Sees to it that there are rows when a store is opened: one from before they were thought of has
/// none.
pub(crate) fn begin(
    transaction: &WriteTransaction,
    cart: &OrSet<String>,
) -> Result<(), StoreError> {
    let rows = transaction.open_table(ITEMS)?.len()?;
    if rows == cart.len() as u64 { Ok(()) } else { make_anew(transaction, cart) }
}

/// Does to the rows what was done to the cart.
pub(crate) fn follow(
    transaction: &WriteTransaction,
    seen: &[Change<String>],
) -> Result<(), StoreError> {
    let mut items = transaction.open_table(ITEMS)?;
    for change in seen {
        match change {
            Change::Appeared(item) => items.insert(item.as_str(), ())?,
            Change::Vanished(item) => items.remove(item.as_str())?,
        };
    }
    Ok(())
}

/// Writes all rows, whatever there was.
pub(crate) fn make_anew(
    transaction: &WriteTransaction,
    cart: &OrSet<String>,
) -> Result<(), StoreError> {
    let mut items = transaction.open_table(ITEMS)?;
    items.retain(|_, ()| false)?;
    for item in cart {
        items.insert(item.as_str(), ())?;
    }
    Ok(())
}

impl Store {
    /// The items that begin with these letters, in the order of the alphabet, without a look at
    /// the others.
    ///
    /// # Errors
    ///
    /// When the database fails, or has failed before.
    pub fn items_from(&self, letters: &str) -> Result<Vec<String>, StoreError> {
        self.check_usable()?;
        let mut found = Vec::new();
        for row in self.database.begin_read()?.open_table(ITEMS)?.range(letters..)? {
            let item = row?.0.value().to_owned();
            if !item.starts_with(letters) {
                break;
            }
            found.push(item);
        }
        Ok(found)
    }
}
