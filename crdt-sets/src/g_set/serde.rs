//! A set for people: a list of its elements, ascending.

use core::fmt;
use core::marker::PhantomData;

use alloc::collections::BTreeSet;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::GSet;

impl<T: Serialize> Serialize for GSet<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

impl<'de, T: Ord + Deserialize<'de>> Deserialize<'de> for GSet<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Elements(PhantomData))
    }
}

/// Reads elements in any order, each once.
struct Elements<T>(PhantomData<T>);

impl<'de, T: Ord + Deserialize<'de>> Visitor<'de> for Elements<T> {
    type Value = GSet<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of different elements")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut elements = BTreeSet::new();
        while let Some(element) = list.next_element()? {
            if !elements.insert(element) {
                return Err(A::Error::custom("an element is listed twice"));
            }
        }
        Ok(GSet { elements })
    }
}
