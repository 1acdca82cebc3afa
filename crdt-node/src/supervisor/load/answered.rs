//! What was answered as durable, and whether it is there in the end.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::draw::Key;
use crate::supervisor::Failure;
use crate::supervisor::client::Client;

/// Writes that were answered as durable: by document, then by name.
#[derive(Debug, Default)]
pub(super) struct Answered {
    added: BTreeMap<Key, BTreeSet<String>>,
    counts: BTreeMap<Key, Count>,
    /// The last value of each register; it has one writer, whose values grow.
    registers: BTreeMap<Key, u64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Count {
    begun: u64,
    answered: u64,
}

impl Answered {
    pub(super) fn added(&mut self, key: &Key, element: String) {
        self.added.entry(key.clone()).or_default().insert(element);
    }

    /// An increment leaves, and may be there whatever comes of it.
    pub(super) fn begin(&mut self, key: &Key) {
        self.counts.entry(key.clone()).or_default().begun += 1;
    }

    pub(super) fn incremented(&mut self, key: &Key) {
        self.counts.entry(key.clone()).or_default().answered += 1;
    }

    pub(super) fn set(&mut self, key: &Key, register: String, value: u64) {
        let key = Key { name: register, ..key.clone() };
        self.registers.insert(key, value);
    }

    pub(super) fn add(&mut self, other: Self) {
        for (key, elements) in other.added {
            self.added.entry(key).or_default().extend(elements);
        }
        for (key, Count { begun, answered }) in other.counts {
            let count = self.counts.entry(key).or_default();
            (count.begun, count.answered) = (count.begun + begun, count.answered + answered);
        }
        self.registers.extend(other.registers);
    }

    /// How many of them are not there, in the region that has the fewest.
    ///
    /// # Errors
    ///
    /// When a region cannot be read, or counts what nobody has written.
    pub(super) fn lost(&self, regions: &[Client]) -> Result<u64, Failure> {
        let mut most = 0;
        for region in regions {
            let mut documents: BTreeMap<String, Value> = BTreeMap::new();
            let keys = self.added.keys().chain(self.counts.keys()).chain(self.registers.keys());
            for key in keys {
                if !documents.contains_key(&key.document) {
                    let (_, read) = region.get(&key.path()).map_err(|why| Failure::new(why.0))?;
                    documents.insert(key.document.clone(), read["values"].clone());
                }
            }
            most = most.max(self.missing(&documents)?);
        }
        Ok(most)
    }

    fn missing(&self, documents: &BTreeMap<String, Value>) -> Result<u64, Failure> {
        let value = |key: &Key, kind: &str| {
            documents
                .get(&key.document)
                .map_or(Value::Null, |values| values[&key.name][kind].clone())
        };
        let mut lost = 0;
        for (key, elements) in &self.added {
            let there = value(key, "set");
            let there: BTreeSet<&str> =
                there.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            lost +=
                elements.iter().filter(|element| !there.contains(element.as_str())).count() as u64;
        }
        for (key, count) in &self.counts {
            let there = value(key, "counter").as_u64().unwrap_or_default();
            if there > count.begun {
                let (name, begun) = (&key.name, count.begun);
                return Err(Failure::new(format!("{name} counts {there}, of {begun} increments")));
            }
            lost += count.answered.saturating_sub(there);
        }
        for (key, last) in &self.registers {
            lost += u64::from(value(key, "register").as_u64().is_none_or(|there| there < *last));
        }
        Ok(lost)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::{Answered, Key};

    #[test]
    fn what_is_not_there_is_counted_as_lost_and_what_nobody_wrote_is_an_error() {
        let key = Key { document: "d".into(), name: "k".into() };
        let mut answered = Answered::default();
        answered.added(&key, "1".into());
        answered.added(&key, "2".into());
        answered.begin(&key);
        answered.begin(&key);
        answered.incremented(&key);
        answered.set(&key, "r".into(), 7);
        let missing = |values| answered.missing(&BTreeMap::from([("d".into(), values)]));
        let lost = |values| missing(values).expect("can be");
        let all = json!({"k": {"set": ["1", "2"], "counter": 1}, "r": {"register": 7}});
        assert_eq!(lost(all), 0);
        let more = json!({"k": {"set": ["1", "2", "3"], "counter": 2}, "r": {"register": 8}});
        assert_eq!(lost(more), 0, "what was not answered may be there");
        let less = json!({"k": {"set": ["1"]}, "r": {"register": 6}});
        assert_eq!(lost(less), 3);
        assert_eq!(lost(json!({})), 4);
        let twice = json!({"k": {"set": ["1", "2"], "counter": 3}, "r": {"register": 7}});
        assert!(missing(twice).is_err(), "an increment was counted twice");
    }
}
