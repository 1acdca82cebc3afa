//! An observed-remove set for people:
//! `{"seen": {"<replica>": [[1, 2]]}, "elements": [{"element": "a", "replica": "…", "counter": 2}]}`.

use alloc::vec::Vec;

use crdt_core::{CausalContext, Dot, DotMap, Entry, Key, ReplicaId};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::OrSet;

#[derive(Serialize, Deserialize)]
#[serde(rename = "OrSet", deny_unknown_fields)]
struct Shape<C, T> {
    seen: C,
    elements: Vec<Added<T>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Added<T> {
    element: T,
    replica: ReplicaId,
    counter: u64,
}

impl<T: Serialize> Serialize for OrSet<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let elements = self.elements.entries().map(|entry| Added {
            element: entry.key(),
            replica: entry.dot().replica(),
            counter: entry.dot().counter(),
        });
        Shape { seen: self.context(), elements: elements.collect() }.serialize(serializer)
    }
}

impl<'de, T: Key + Deserialize<'de>> Deserialize<'de> for OrSet<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let shape = Shape::<CausalContext, T>::deserialize(deserializer)?;
        let entry = |Added { element, replica, counter }| {
            let dot = Dot::new(replica, counter)?;
            Some(Entry::new(dot, element, ()))
        };
        let entries: Option<Vec<_>> = shape.elements.into_iter().map(entry).collect();
        let entries = entries.ok_or_else(|| D::Error::custom("a counter is out of range"))?;
        let elements = DotMap::from_parts(shape.seen, entries).map_err(D::Error::custom)?;
        Ok(Self { elements })
    }
}
