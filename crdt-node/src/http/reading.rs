//! The JSON of reads: by name and by kind, `{"cart": {"set": ["apple"]}, "likes": {"counter": 3}}`.
//!
//! A name that was used as two kinds has both. A total beyond 2^64 is a text.

use crdt_document::{Document, Kind};
use serde_json::{Map, Value, json};

/// All names.
pub(super) fn all(document: &Document) -> Value {
    let names = document.names().map(|name| (name.to_owned(), one(document, name)));
    Value::Object(names.collect())
}

/// What there is under a name.
pub(super) fn one(document: &Document, name: &str) -> Value {
    let kinds = document.kinds(name);
    let kinds = kinds.map(|kind| (kind.to_string(), content(document, name, kind)));
    Value::Object(kinds.collect::<Map<_, _>>())
}

fn content(document: &Document, name: &str, kind: Kind) -> Value {
    match kind {
        Kind::Counter => {
            let total = document.counter(name).value();
            u64::try_from(total).map_or_else(|_| json!(total.to_string()), |total| json!(total))
        }
        Kind::PnCounter => {
            let total = document.pn_counter(name).value();
            i64::try_from(total).map_or_else(|_| json!(total.to_string()), |total| json!(total))
        }
        Kind::GSet => json!(document.g_set(name).iter().collect::<Vec<_>>()),
        Kind::Set => json!(document.set(name).iter().collect::<Vec<_>>()),
        Kind::Register => json!(document.register(name).get()),
        _ => json!(document.mv_register(name).values()),
    }
}
