//! The bytes of a map: the context; per replica which of its dots are live; keys; values.

use alloc::vec::Vec;

use super::live::{self, Live};
use super::{DotMap, Entry, Key, Value};
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
        let (mut live, mut count) = (Vec::new(), 0);
        for (_, seen) in context.entries() {
            let of_one = Live::read(seen, reader)?;
            let many = usize::try_from(of_one.len()).unwrap_or(usize::MAX);
            reader.charge_items(many)?;
            count += many;
            live.push(of_one);
        }
        // A run may be wider than any message is long: nothing is allocated for dots before their
        // keys have been read.
        let mut keys = Vec::new();
        for _ in 0..count {
            keys.push(K::read_from(reader)?);
        }
        let dots = context.entries().zip(&live).flat_map(|((replica, seen), live)| {
            live.counters(seen).map(move |counter| Dot { replica, counter })
        });
        let mut map = Self::new();
        map.entries.reserve(keys.len());
        for (dot, key) in dots.zip(keys) {
            map.bring(Entry::new(dot, key, V::read_from(reader)?));
        }
        map.context = context;
        Ok(map)
    }
}
