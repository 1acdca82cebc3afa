//! What of an incoming map may be merged and what has to wait.

use alloc::vec::Vec;

use super::{DotMap, Entry, Key, Value};
use crate::Dot;

impl<K: Key, V: Value> DotMap<K, V> {
    /// Takes `incoming` apart, for this map: first what may be merged now, then the entries that
    /// wait, with the kills of what this map has live at their keys. The join of the two is
    /// `incoming`. An entry whose dot this map has seen does not wait: it is here already, or dead.
    ///
    /// A value that waits so leaves the ones that it replaces where they are, and no reader sees a
    /// gap. Kills of dots that are not here yet wait along: one of them may be replaced, and
    /// come to whoever is told of its kill.
    ///
    /// Cost: one look at every entry of `incoming`, and at those that are here at the keys of the
    /// ones that wait; with any of these, O(runs of both contexts).
    pub fn split(&self, mut incoming: Self, waits: impl Fn(&Entry<K, V>) -> bool) -> (Self, Self) {
        let is_new = |entry: &&Entry<K, V>| !self.context.contains(entry.dot());
        let waiting = incoming.entries().filter(|entry| waits(entry)).filter(is_new);
        let waiting: Vec<Dot> = waiting.map(Entry::dot).collect();
        let mut later = Self::new();
        if !waiting.is_empty() {
            let killed = incoming.context.difference(&incoming.columns.to_context());
            later.context = killed.difference(&self.context);
        }
        for dot in waiting {
            let Some(entry) = incoming.bury(dot) else { continue };
            let held = self.entries.of(&entry.key).map(Entry::dot);
            let is_killed =
                |dot: &Dot| incoming.context.contains(*dot) && incoming.entry(*dot).is_none();
            later.context.extend(held.filter(is_killed));
            later.context.insert(dot);
            later.bring(entry);
        }
        incoming.tidy();
        incoming.context = incoming.context.difference(&later.context);
        (incoming, later)
    }
}
