//! A multi-value register for people:
//! `{"seen": {"<replica>": [[1, 2]]}, "values": [{"value": "a", "replica": "…", "counter": 2}]}`.

use alloc::vec::Vec;

use crdt_core::{CausalContext, Dot, DotMap, Entry, ReplicaId, Value};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::MvRegister;

#[derive(Serialize, Deserialize)]
#[serde(rename = "MvRegister", deny_unknown_fields)]
struct Shape<C, T> {
    seen: C,
    values: Vec<Written<T>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<T> {
    value: T,
    replica: ReplicaId,
    counter: u64,
}

impl<T: Serialize> Serialize for MvRegister<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let values = self.writes.entries().map(|entry| Written {
            value: entry.value(),
            replica: entry.dot().replica(),
            counter: entry.dot().counter(),
        });
        Shape { seen: self.context(), values: values.collect() }.serialize(serializer)
    }
}

impl<'de, T: Value + Deserialize<'de>> Deserialize<'de> for MvRegister<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let shape = Shape::<CausalContext, T>::deserialize(deserializer)?;
        let entry = |Written { value, replica, counter }| {
            let dot = Dot::new(replica, counter)?;
            Some(Entry::new(dot, (), value))
        };
        let entries: Option<Vec<_>> = shape.values.into_iter().map(entry).collect();
        let entries = entries.ok_or_else(|| D::Error::custom("a counter is out of range"))?;
        let writes = DotMap::from_parts(shape.seen, entries).map_err(D::Error::custom)?;
        Ok(Self { writes })
    }
}
