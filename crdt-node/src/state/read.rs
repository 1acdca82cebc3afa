//! What a document reads as.

use crdt_document::{self as document, Document};

use crate::operations::{Kind, Reading, Subject, Value};

/// Every value of `document`, by kind and name.
pub fn readings(document: &Document) -> Vec<Reading> {
    let mut readings: Vec<_> =
        document.iter().filter_map(|(name, kind)| reading(document, name, kind)).collect();
    readings.sort_by(|one, other| one.subject.cmp(&other.subject));
    readings
}

fn reading(document: &Document, name: &str, kind: document::Kind) -> Option<Reading> {
    let (kind, value) = match kind {
        document::Kind::Counter => {
            let value = i128::try_from(document.counter(name).value()).unwrap_or(i128::MAX);
            (Kind::Counter, Value::Number(value))
        }
        document::Kind::PnCounter => {
            (Kind::PnCounter, Value::Number(document.pn_counter(name).value()))
        }
        document::Kind::GSet => (Kind::GSet, texts(document.g_set(name))),
        document::Kind::Set => (Kind::OrSet, texts(document.set(name))),
        document::Kind::Register => (Kind::Lww, texts(document.register(name).get())),
        document::Kind::MvRegister => {
            (Kind::Mv, texts(document.mv_register(name).values().iter().copied()))
        }
        // A kind that this release does not know cannot be named in its files either.
        _ => return None,
    };
    Some(Reading { subject: Subject { kind, name: name.into() }, value })
}

/// All of them are texts: an operations file writes nothing else.
fn texts<'a>(values: impl IntoIterator<Item = &'a document::Value>) -> Value {
    let text = |value: &document::Value| match value.as_str() {
        Some(text) => text.into(),
        None => format!("{value:?}"),
    };
    Value::Texts(values.into_iter().map(text).collect())
}
