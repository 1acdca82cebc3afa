//! A document for people: whole, and as it is seen.
//!
//! | file | what it answers |
//! |---|---|
//! | `shape` | what a name looks like with all that there is to know of it |
//! | `view` | name, kind, value, and nothing else |
//!
//! Whole it is `{"seen": {"<replica>": [[1, 2]]}, "names": {"cart": {"set": [{"element": "apple",
//! "replica": "<replica>", "counter": 2}]}}}`.

mod shape;
mod view;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;

use crdt_core::{CausalContext, DotMap};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Document;
use shape::Uses;

pub use view::View;

#[derive(Serialize, Deserialize)]
#[serde(rename = "Document", deny_unknown_fields)]
struct Shape<C> {
    seen: C,
    names: Names,
}

/// Every name, once.
#[derive(Serialize)]
#[serde(transparent)]
struct Names(BTreeMap<String, Uses>);

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut names = BTreeMap::<String, Uses>::new();
        for entry in self.map.entries() {
            names.entry(String::from(&*entry.key().name)).or_default().show(entry);
        }
        Shape { seen: self.context(), names: Names(names) }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Shape { seen, names: Names(names) } =
            Shape::<CausalContext>::deserialize(deserializer)?;
        let mut entries = alloc::vec::Vec::new();
        for (name, uses) in names {
            uses.read(&Arc::from(name), &mut entries).map_err(D::Error::custom)?;
        }
        DotMap::from_parts(seen, entries).map(Self::of).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EachOnce)
    }
}

struct EachOnce;

impl<'de> Visitor<'de> for EachOnce {
    type Value = Names;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map from different names to their kinds")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
        let mut names = BTreeMap::new();
        while let Some((name, uses)) = map.next_entry::<String, Uses>()? {
            if names.contains_key(&name) {
                return Err(A::Error::custom(format_args!("the name {name:?} is listed twice")));
            }
            names.insert(name, uses);
        }
        Ok(Names(names))
    }
}
