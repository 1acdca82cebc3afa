//! The causal join (Almeida, Shoker, Baquero 2018, on dot stores): a dot live in both stays; a dot live
//! in one stays iff the other's context does not know it; the contexts unite.
//!
//! It is found out first and done afterwards: [`compare`](DotMap::compare) walks both maps in the
//! order of dots, and what it finds is applied, reported, or returned as the novel part.

use alloc::vec::Vec;
use core::cmp::Ordering;

use super::{DotMap, Entry, Key, Value};
use crate::{Change, Dot, Merge, Observe};

/// What a join will do to the live entries of the one side.
#[derive(Default)]
pub(super) struct Difference {
    /// Dots live there and not known here, with their slots there.
    pub(super) appearing: Vec<(Dot, u32)>,
    /// Dots live here and known to be dead there.
    pub(super) vanishing: Vec<Dot>,
    /// Dots live in both with two contents, where theirs is the greater: the mark of a fault.
    pub(super) replaced: Vec<(Dot, u32)>,
}

impl<K: Key, V: Value> DotMap<K, V> {
    /// Cost: the live dots of both within the runs that `other` has seen; no hash is computed.
    pub(super) fn compare(&self, other: &Self) -> Difference {
        let mut found = Difference::default();
        for (replica, seen_there) in other.context.entries() {
            let seen_here = self.context.get(replica);
            for run in seen_there.iter() {
                let mut here = self.columns.range(replica, run.clone()).peekable();
                let mut there = other.columns.range(replica, run).peekable();
                loop {
                    let order = match (here.peek(), there.peek()) {
                        (Some(mine), Some(theirs)) => mine.0.cmp(&theirs.0),
                        (Some(_), None) => Ordering::Less,
                        (None, Some(_)) => Ordering::Greater,
                        (None, None) => break,
                    };
                    let mine = if order.is_le() { here.next() } else { None };
                    let theirs = if order.is_ge() { there.next() } else { None };
                    let dot = |counter| Dot { replica, counter };
                    match (mine, theirs) {
                        (Some((counter, slot)), Some((_, slot_there))) => {
                            let theirs = other.entries.get(slot_there);
                            if is_outdone(self.entries.get(slot), theirs) {
                                found.replaced.push((dot(counter), slot_there));
                            }
                        }
                        (Some((counter, _)), None) => found.vanishing.push(dot(counter)),
                        (None, Some((counter, slot))) => {
                            if !seen_here.contains(counter) {
                                found.appearing.push((dot(counter), slot));
                            }
                        }
                        (None, None) => {}
                    }
                }
            }
        }
        found
    }

    /// Joins `other` and reports every entry that appears or vanishes, each with the map as it is
    /// without that entry: what appears first, so that a key which is written anew is never seen
    /// empty. For types built on this one that report something else than entries.
    pub fn merge_watched(
        &mut self,
        other: Self,
        watcher: impl FnMut(&Self, Change<&Entry<K, V>>),
    ) -> bool {
        let found = self.compare(&other);
        let Self { context, mut entries, .. } = other;
        self.apply(found, |slot| entries.take(slot), watcher) | self.context.merge(context)
    }

    /// As [`merge_watched`](DotMap::merge_watched), and returns what was novel, as
    /// [`merge_novel`](crate::Delta::merge_novel) does.
    pub fn merge_novel_watched(
        &mut self,
        other: Self,
        watcher: impl FnMut(&Self, Change<&Entry<K, V>>),
    ) -> Self {
        let found = self.compare(&other);
        let mut novel = Self { context: other.context.difference(&self.context), ..Self::new() };
        for (_, slot) in found.appearing.iter().chain(&found.replaced) {
            novel.bring(other.entries.get(*slot).clone());
        }
        let replaced = found.replaced.iter().map(|(dot, _)| *dot);
        novel.context.extend(found.vanishing.iter().copied().chain(replaced));
        let Self { context, mut entries, .. } = other;
        self.apply(found, |slot| entries.take(slot), watcher);
        self.context.merge(context);
        novel
    }

    /// As [`merge_watched`](DotMap::merge_watched), of a borrowed map: copies only the entries that
    /// are new.
    pub fn merge_ref_watched(
        &mut self,
        other: &Self,
        watcher: impl FnMut(&Self, Change<&Entry<K, V>>),
    ) -> bool {
        let found = self.compare(other);
        let copy = |slot| other.entries.get(slot).clone();
        self.apply(found, copy, watcher) | self.context.merge_ref(&other.context)
    }

    /// Does to the live entries what was found out; `take` yields the other map's entries by slot.
    pub(super) fn apply(
        &mut self,
        found: Difference,
        mut take: impl FnMut(u32) -> Entry<K, V>,
        mut watcher: impl FnMut(&Self, Change<&Entry<K, V>>),
    ) -> bool {
        let Difference { appearing, vanishing, replaced } = found;
        let changed = !(appearing.is_empty() && vanishing.is_empty() && replaced.is_empty());
        self.entries.reserve(appearing.len());
        self.columns.open(appearing.iter().map(|(dot, _)| *dot));
        for (_, slot) in appearing {
            let entry = take(slot);
            watcher(self, Change::Appeared(&entry));
            self.bring(entry);
        }
        for (dot, slot) in replaced {
            let entry = take(slot);
            let old = self.bury(dot);
            watcher(self, Change::Appeared(&entry));
            self.bring(entry);
            if let Some(old) = old {
                watcher(self, Change::Vanished(&old));
            }
        }
        for dot in vanishing {
            if let Some(old) = self.bury(dot) {
                watcher(self, Change::Vanished(&old));
            }
        }
        self.tidy();
        changed
    }
}

/// Whether, of two entries of one dot, theirs has the greater canonical bytes. Honest replicas
/// never get so far: a dot names one write.
fn is_outdone<K: Key, V: Value>(mine: &Entry<K, V>, theirs: &Entry<K, V>) -> bool {
    let same = mine.key == theirs.key && mine.value == theirs.value;
    let bytes = |entry: &Entry<K, V>| (entry.key.encode(), entry.value.encode());
    !same && bytes(mine) < bytes(theirs)
}

impl<K: Key, V: Value> Merge for DotMap<K, V> {
    fn merge(&mut self, other: Self) -> bool {
        if self.context.is_empty() {
            *self = other;
            return !self.context.is_empty();
        }
        self.merge_watched(other, |_, _| ())
    }

    /// Copies only the entries that are new.
    fn merge_ref(&mut self, other: &Self) -> bool {
        self.merge_ref_watched(other, |_, _| ())
    }
}

/// Items are entries: each names its key, its value and the dot of its write.
impl<K: Key, V: Value> Observe for DotMap<K, V> {
    type Item = Entry<K, V>;

    fn merge_observed(
        &mut self,
        other: Self,
        mut observer: impl FnMut(Change<&Self::Item>),
    ) -> bool {
        self.merge_watched(other, |_, change| observer(change))
    }
}
