//! An operation becomes a delta.

use std::convert::Infallible;
use std::fmt;

use crdt_core::{ClockError, Delta, ReplicaId, Timestamp};
use crdt_counters::{CounterOverflow, ResettableCounter};
use crdt_registers::MvRegister;
use crdt_sets::OrSet;

use super::{Named, State};
use crate::operations::{Change, Operation};

/// Who writes, and when.
#[derive(Clone, Copy, Debug)]
pub struct Author {
    /// The replica id of the region's present start.
    pub replica: ReplicaId,
    /// For a value that is stamped.
    pub timestamp: Timestamp,
}

/// Applies `operation` and returns the change as a state to be merged elsewhere.
///
/// # Errors
///
/// When the type refuses it: a total would overflow, or no timestamp is left. Nothing was changed.
pub fn apply(state: &mut State, author: Author, operation: Operation) -> Result<State, Refusal> {
    let (counters, pn_counters, resettables, g_sets, or_sets, lww_registers, mv_registers) = state;
    let Author { replica: me, timestamp } = author;
    let name = operation.name;
    let mut delta = State::default();
    match operation.change {
        Change::CounterAdd(by) => {
            delta.0 = try_change(counters, name, |counter| counter.increment_by(me, by))?;
        }
        Change::PnCounterAdd(by) => {
            delta.1 = try_change(pn_counters, name, |counter| counter.increment_by(me, by))?;
        }
        Change::PnCounterSubtract(by) => {
            delta.1 = try_change(pn_counters, name, |counter| counter.decrement_by(me, by))?;
        }
        Change::ResettableAdd(by) => {
            delta.2 = try_change(resettables, name, |counter| counter.increment_by(me, by))?;
        }
        Change::ResettableSubtract(by) => {
            delta.2 = try_change(resettables, name, |counter| counter.decrement_by(me, by))?;
        }
        Change::ResettableReset => {
            delta.2 = change(resettables, name, ResettableCounter::reset);
        }
        Change::GSetAdd(elements) => {
            delta.3 = change(g_sets, name, |set| set.add_all(elements));
        }
        Change::OrSetAdd(elements) => {
            delta.4 = change(or_sets, name, |set| set.add_all(me, elements));
        }
        Change::OrSetRemove(elements) => {
            delta.4 = change(or_sets, name, |set| set.remove_all(&elements));
        }
        Change::OrSetClear => {
            delta.4 = change(or_sets, name, OrSet::clear);
        }
        Change::LwwWrite { value, .. } => {
            delta.5 =
                try_change(lww_registers, name, |register| register.set(me, timestamp, value))?;
        }
        Change::MvWrite(value) => {
            delta.6 = change(mv_registers, name, |register| register.set(me, value));
        }
        Change::MvResolve(value) => {
            delta.6 = change(mv_registers, name, |register| register.resolve(me, |_| value));
        }
        Change::MvClear => {
            delta.6 = change(mv_registers, name, MvRegister::clear);
        }
    }
    Ok(delta)
}

fn change<T: Delta>(
    values: &mut Named<T>,
    name: String,
    mutator: impl FnOnce(&mut T) -> T,
) -> Named<T> {
    match try_change(values, name, |value| Ok::<_, Infallible>(mutator(value))) {
        Ok(delta) => delta,
    }
}

/// Changes the value of that name, and returns the change under the same name. A value that then
/// still says nothing is left out, as bottom values are everywhere.
fn try_change<T: Delta, E>(
    values: &mut Named<T>,
    name: String,
    mutator: impl FnOnce(&mut T) -> Result<T, E>,
) -> Result<Named<T>, E> {
    let mut value = values.remove(&name).unwrap_or_default();
    let delta = mutator(&mut value);
    if !value.is_bottom() {
        values.insert(name.clone(), value);
    }
    let delta = delta?;
    Ok(if delta.is_bottom() { Named::new() } else { Named::from([(name, delta)]) })
}

/// Why a type refused an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A counter's total would overflow.
    Overflow(CounterOverflow),
    /// There is no timestamp for the write.
    Clock(ClockError),
}

impl From<CounterOverflow> for Refusal {
    fn from(error: CounterOverflow) -> Self {
        Self::Overflow(error)
    }
}

impl From<ClockError> for Refusal {
    fn from(error: ClockError) -> Self {
        Self::Clock(error)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overflow(error) => error.fmt(f),
            Self::Clock(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Refusal {}
