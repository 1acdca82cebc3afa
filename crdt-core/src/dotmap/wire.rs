//! The bytes of a map: the context; per replica which of its dots are live; keys; values.

use alloc::vec::Vec;

use smallvec::SmallVec;

use super::live::{self, Live};
use super::{DotMap, Entry, Key, Value};
use crate::wire::{DecodeError, Reader, Wire, Writer};
use crate::{CausalContext, Dot};

impl<K: Key, V: Value> Wire for DotMap<K, V> {
    fn write_to(&self, writer: &mut Writer) {
        self.write_among(&self.context, writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::read_with(reader, |_, reader| K::read_from(reader), |_, reader| V::read_from(reader))
    }
}

impl<K: Key, V: Value> DotMap<K, V> {
    /// Writes what is known of dots that have been seen.
    pub(super) fn write_among(&self, dots: &CausalContext, writer: &mut Writer) {
        self.write_among_with(
            dots,
            writer,
            |entry, writer| entry.key.write_to(writer),
            |entry, writer| entry.value.write_to(writer),
        );
    }

    /// Writes the map as [`Wire`] does, but for its keys and values, which the caller writes: for
    /// types built on this one whose keys repeat what can be said once, or whose keys and dots say
    /// what a value is.
    ///
    /// First all keys are written, then all values, each in the order of dots.
    pub fn write_with(
        &self,
        writer: &mut Writer,
        key: impl FnMut(&Entry<K, V>, &mut Writer),
        value: impl FnMut(&Entry<K, V>, &mut Writer),
    ) {
        self.write_among_with(&self.context, writer, key, value);
    }

    /// Writes what [`write_with`](DotMap::write_with) writes of the map
    /// [restricted](crate::Dotted::restrict) to dots that it has seen, without making it.
    pub fn write_among_with(
        &self,
        dots: &CausalContext,
        writer: &mut Writer,
        mut key: impl FnMut(&Entry<K, V>, &mut Writer),
        mut value: impl FnMut(&Entry<K, V>, &mut Writer),
    ) {
        dots.write_to(writer);
        for (replica, seen) in dots.entries() {
            live::write(seen, &self.columns.runs_among(replica, seen), writer);
        }
        let entries: SmallVec<[&Entry<K, V>; 4]> = self.entries_among(dots).collect();
        entries.iter().for_each(|entry| key(entry, writer));
        entries.iter().for_each(|entry| value(entry, writer));
    }

    /// Reads what [`write_with`](DotMap::write_with) wrote: `key` reads the key of a dot, `value` a
    /// value, given its dot and its key.
    ///
    /// # Errors
    ///
    /// When the bytes are not what was written for any map, or a key or value cannot be read.
    pub fn read_with(
        reader: &mut Reader<'_>,
        mut key: impl FnMut(Dot, &mut Reader<'_>) -> Result<K, DecodeError>,
        mut value: impl FnMut((Dot, &K), &mut Reader<'_>) -> Result<V, DecodeError>,
    ) -> Result<Self, DecodeError> {
        let context = CausalContext::read_from(reader)?;
        let mut live = Vec::new();
        for (_, seen) in context.entries() {
            let of_one = Live::read(seen, reader)?;
            reader.charge_items(usize::try_from(of_one.len()).unwrap_or(usize::MAX))?;
            live.push(of_one);
        }
        let dots = || {
            context.entries().zip(&live).flat_map(|((replica, seen), live)| {
                live.counters(seen).map(move |counter| Dot { replica, counter })
            })
        };
        // A run may be wider than any message is long: nothing is allocated for dots before their
        // keys have been read.
        let mut keys = Vec::new();
        for dot in dots() {
            keys.push(key(dot, reader)?);
        }
        let mut map = Self::new();
        map.entries.reserve(keys.len());
        for (dot, key) in dots().zip(keys) {
            let value = value((dot, &key), reader)?;
            map.bring(Entry::new(dot, key, value));
        }
        map.context = context;
        Ok(map)
    }
}
