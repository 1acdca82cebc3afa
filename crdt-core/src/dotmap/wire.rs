//! The bytes of a map: the context; per replica which of its dots are live; keys; values.

use alloc::vec::Vec;

use super::{DotMap, Entry, Key, Value, live};
use crate::wire::{DecodeError, Reader, Wire, Writer};
use crate::{CausalContext, Dot};

impl<K: Key, V: Value> Wire for DotMap<K, V> {
    fn write_to(&self, writer: &mut Writer) {
        self.context.write_to(writer);
        for (replica, seen) in self.context.entries() {
            live::write(seen, &self.columns.runs(replica), writer);
        }
        self.entries().for_each(|entry| entry.key.write_to(writer));
        self.entries().for_each(|entry| entry.value.write_to(writer));
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let context = CausalContext::read_from(reader)?;
        let mut dots = Vec::new();
        for (replica, seen) in context.entries() {
            let live = live::read(seen, reader)?;
            // A run may be wider than any message is long; nothing is allocated for it before that
            // is ruled out.
            reader.charge_items(usize::try_from(live.len()).unwrap_or(usize::MAX))?;
            dots.extend(live.iter().flatten().map(|counter| Dot { replica, counter }));
        }
        let mut keys = Vec::new();
        for _ in &dots {
            keys.push(K::read_from(reader)?);
        }
        let mut map = Self { context, ..Self::new() };
        map.entries.reserve(dots.len());
        for (dot, key) in dots.into_iter().zip(keys) {
            map.bring(Entry::new(dot, key, V::read_from(reader)?));
        }
        Ok(map)
    }
}
