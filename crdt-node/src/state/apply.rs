//! An operation becomes a part of a transaction.

use crdt_document::{Transaction, Value, WriteError};

use crate::operations::{Change, Operation};

/// Does what `operation` says.
///
/// # Errors
///
/// When the document refuses it: a total would overflow, or no timestamp is left. The transaction
/// is not to be finished then.
pub fn apply(transaction: &mut Transaction<'_>, operation: &Operation) -> Result<(), WriteError> {
    let name = operation.name.as_str();
    match &operation.change {
        Change::CounterAdd(by) => transaction.counter(name).increment(*by),
        Change::PnCounterAdd(by) => transaction.pn_counter(name).increment(*by),
        Change::PnCounterSubtract(by) => transaction.pn_counter(name).decrement(*by),
        Change::PnCounterReset => transaction.pn_counter(name).reset(),
        Change::GSetAdd(elements) => transaction.g_set(name).add_all(elements),
        Change::OrSetAdd(elements) => transaction.set(name).add_all(elements),
        Change::OrSetRemove(elements) => transaction.set(name).remove_all(elements),
        Change::OrSetClear => transaction.set(name).clear(),
        Change::LwwWrite { value, .. } => transaction.register(name).set(value),
        Change::MvWrite(value) => transaction.mv_register(name).set(value),
        Change::MvResolve(value) => transaction.mv_register(name).resolve(|_| Value::from(value)),
        Change::MvClear => transaction.mv_register(name).clear(),
    }
}
