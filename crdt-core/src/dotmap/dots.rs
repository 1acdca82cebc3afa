//! What two maps differ in, by dots.

use smallvec::SmallVec;

use super::{DotMap, Entry, Key, Value};
use crate::content_hash::ContentHash;
use crate::wire::{Wire, Writer};
use crate::{CausalContext, ContentKey, Dotted};

impl<K: Key, V: Value> Dotted for DotMap<K, V> {
    fn seen(&self) -> &CausalContext {
        &self.context
    }

    fn live(&self) -> CausalContext {
        self.columns.to_context()
    }

    fn restrict(&self, dots: &CausalContext) -> Self {
        let mut restricted = Self::new();
        let entries: SmallVec<[&Entry<K, V>; 4]> = self.entries_among(dots).collect();
        restricted.entries.reserve(entries.len());
        for entry in entries {
            restricted.bring(entry.clone());
        }
        restricted.context = dots.intersection(&self.context);
        restricted
    }

    fn write_restricted(&self, dots: &CausalContext, writer: &mut Writer) {
        self.write_among(&dots.intersection(&self.context), writer);
    }

    fn dead(dots: CausalContext) -> Self {
        Self { context: dots, ..Self::new() }
    }

    fn content(&self, key: ContentKey, dots: &CausalContext) -> u128 {
        let mut hash = ContentHash::new(key);
        for entry in self.entries_among(dots) {
            hash.add(|body| entry.write_apart(body));
        }
        hash.finish()
    }
}

impl<K, V> DotMap<K, V> {
    /// The live entries among `dots`, in the order of dots.
    pub fn entries_among(&self, dots: &CausalContext) -> impl Iterator<Item = &Entry<K, V>> {
        dots.entries().flat_map(move |(replica, runs)| {
            let live = runs.iter().flat_map(move |run| self.columns.range(replica, run));
            live.map(|(_, slot)| self.entries.get(slot))
        })
    }
}

impl<K: Wire, V: Wire> Entry<K, V> {
    /// Writes the entry with its dot, for hashing it on its own.
    pub(super) fn write_apart(&self, body: &mut Writer) {
        body.raw(self.dot.replica.as_bytes());
        body.varint(self.dot.counter);
        self.key.write_to(body);
        self.value.write_to(body);
    }
}
