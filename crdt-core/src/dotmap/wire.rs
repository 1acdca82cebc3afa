//! The bytes of a map: the context; per replica which of its dots are live; keys; values.
//!
//! Live dots are written as runs of *ranks*, the places of dots among those seen. So what was never
//! seen costs nothing, and a replica all of whose dots are live takes three bytes.

use alloc::vec::Vec;

use super::{DotMap, Entry, Key, Value};
use crate::context::Runs;
use crate::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};
use crate::{CausalContext, Dot};

impl<K: Key, V: Value> Wire for DotMap<K, V> {
    fn write_to(&self, writer: &mut Writer) {
        self.context.write_to(writer);
        for (replica, seen) in self.context.entries() {
            seen.ranks_of(&self.columns.runs(replica)).write_to(writer);
        }
        self.entries().for_each(|entry| entry.key.write_to(writer));
        self.entries().for_each(|entry| entry.value.write_to(writer));
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let context = CausalContext::read_from(reader)?;
        let mut live = Vec::new();
        for (replica, seen) in context.entries() {
            let ranks = Runs::read_from(reader)?;
            if ranks.max() > seen.len() {
                return Err(reader.error(DecodeErrorKind::Invalid("a live dot was not seen")));
            }
            // A run may be wider than any message is long; nothing is allocated for it before that
            // is ruled out.
            reader.charge_items(usize::try_from(ranks.len()).unwrap_or(usize::MAX))?;
            let counters = seen.at_ranks(&ranks);
            live.extend(counters.iter().flatten().map(|counter| Dot { replica, counter }));
        }
        let mut keys = Vec::new();
        for _ in &live {
            keys.push(K::read_from(reader)?);
        }
        let mut map = Self { context, ..Self::new() };
        map.entries.reserve(live.len());
        for (dot, key) in live.into_iter().zip(keys) {
            map.bring(Entry::new(dot, key, V::read_from(reader)?));
        }
        Ok(map)
    }
}
