//! A register for people: `null`, or its write.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::LwwRegister;

impl<T: Serialize> Serialize for LwwRegister<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.written.serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for LwwRegister<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(|written| Self { written })
    }
}
