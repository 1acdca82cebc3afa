//! A map put together from its parts: for the interchange formats of the types above.

use alloc::vec::Vec;
use core::fmt;

use super::{DotMap, Entry, Key, Value};
use crate::CausalContext;

/// The parts are no state of a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidParts {
    /// An entry is live whose dot is not among those seen.
    DotNotSeen,
    /// Two entries have the same dot.
    DotRepeated,
}

impl fmt::Display for InvalidParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DotNotSeen => "an entry is live whose dot has not been seen",
            Self::DotRepeated => "two entries have the same dot",
        })
    }
}

impl core::error::Error for InvalidParts {}

impl<K: Key, V: Value> DotMap<K, V> {
    /// The map that has seen the dots of `context` and in which `entries` are live.
    ///
    /// # Errors
    ///
    /// When the parts are no state of a map: see [`InvalidParts`].
    pub fn from_parts(
        context: CausalContext,
        entries: impl IntoIterator<Item = Entry<K, V>>,
    ) -> Result<Self, InvalidParts> {
        let mut map = Self { context, ..Self::new() };
        let mut entries: Vec<_> = entries.into_iter().collect();
        entries.sort_unstable_by_key(Entry::dot);
        for entry in entries {
            if !map.context.contains(entry.dot) {
                return Err(InvalidParts::DotNotSeen);
            }
            if map.columns.get(entry.dot).is_some() {
                return Err(InvalidParts::DotRepeated);
            }
            map.bring(entry);
        }
        Ok(map)
    }
}
