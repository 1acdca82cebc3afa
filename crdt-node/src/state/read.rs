//! What a state reads as.

use super::{Named, State};
use crate::operations::{Kind, Reading, Subject, Value};

/// Every value of `state`, by type and name.
pub fn readings(state: &State) -> Vec<Reading> {
    let (counters, pn_counters, resettables, g_sets, or_sets, lww_registers, mv_registers) = state;
    let mut all = Vec::new();
    let mut read = |readings: Vec<Reading>| all.extend(readings);
    read(each(Kind::Counter, counters, |counter| {
        Value::Number(i128::try_from(counter.value()).unwrap_or(i128::MAX))
    }));
    read(each(Kind::PnCounter, pn_counters, |counter| Value::Number(counter.value())));
    read(each(Kind::Resettable, resettables, |counter| Value::Number(counter.value())));
    read(each(Kind::GSet, g_sets, |set| texts(set.iter())));
    read(each(Kind::OrSet, or_sets, |set| texts(set.iter())));
    read(each(Kind::Lww, lww_registers, |register| texts(register.get())));
    read(each(Kind::Mv, mv_registers, |register| texts(register.values())));
    all
}

fn each<T>(kind: Kind, values: &Named<T>, read: impl Fn(&T) -> Value) -> Vec<Reading> {
    let reading = |(name, value): (&String, &T)| Reading {
        subject: Subject { kind, name: name.clone() },
        value: read(value),
    };
    values.iter().map(reading).collect()
}

fn texts<'a>(texts: impl IntoIterator<Item = &'a String>) -> Value {
    Value::Texts(texts.into_iter().cloned().collect())
}
