//! What may be merged, what has to wait, and what is written anew.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use crdt_core::{
    Admit, AdmitError, DotMap, Dotted, Entry, Limits, Merge, ReplicaId, Separated, Timestamp,
};

use super::Document;
use crate::cell::{Baselines, Cell, Sides, greatest};
use crate::index::Index;
use crate::key::{Key, Place};
use crate::read::totals as totals_in;

/// The stamp of a last-writer-wins register's value.
fn timestamp(entry: &Entry<Key, Cell>) -> Option<Timestamp> {
    match entry.value() {
        Cell::Stamped(timestamp, _) => Some(*timestamp),
        _ => None,
    }
}

/// Refuses a register's value from too far ahead that is neither here nor dead, and writes of this
/// replica that it never made or made otherwise.
impl Admit for Document {
    fn admit(
        &self,
        incoming: &Self,
        me: ReplicaId,
        now_ms: u64,
        limits: &Limits,
    ) -> Result<(), AdmitError> {
        let mut entries = incoming.map.entries();
        entries.try_for_each(|entry| match timestamp(entry) {
            Some(timestamp) if !self.map.context().contains(entry.dot()) => {
                limits.check_timestamp(timestamp, now_ms)
            }
            _ => Ok(()),
        })?;
        self.map.admit(&incoming.map, me, now_ms, limits)
    }

    fn newest(&self) -> Option<Timestamp> {
        self.map.entries().filter_map(timestamp).max()
    }

    /// A register's value that is too far ahead waits, with the kills of what is here under that
    /// name, so that nobody reads a gap. Everything else may be merged now, also what was written in
    /// the same transaction, and a value that is here already or has been replaced or removed since.
    fn separate(&self, incoming: Self, now_ms: u64, limits: &Limits) -> Separated<Self> {
        let waits = |entry: &Entry<Key, Cell>| {
            timestamp(entry).is_some_and(|stamp| limits.check_timestamp(stamp, now_ms).is_err())
        };
        if !incoming.map.entries().any(waits) {
            return Separated { now: incoming, later: None };
        }
        let (now, later) = self.map.split(incoming.map, waits);
        let newest = later.entries().filter_map(timestamp).max();
        Separated { now: Self::of(now), later: newest.map(|newest| (Self::of(later), newest)) }
    }

    /// The dots of `me`, and what its counters stand at.
    fn claims_of(&self, me: ReplicaId) -> Self {
        let mut claims = self.map.claims_of(me);
        let is_counted = |entry: &&Entry<Key, Cell>| entry.key().place.owner() == Some(me);
        for entry in self.map.entries().filter(is_counted) {
            claims.put_back(entry.clone());
        }
        Self::of(claims)
    }

    /// Elements and values are written anew as they are, beside what came to their names meanwhile.
    /// Of a counter only the difference to the mark is, as far as no reset has seen it: the cell of
    /// `from` goes back to what it was then, and `to`, which is to be a fresh id, counts the rest.
    ///
    /// The delta also tells which of the marked writes are dead by now.
    fn renew(&mut self, from: ReplicaId, to: ReplicaId, mark: &Self) -> Self {
        let baselines = self.baselines_of(from);
        let taken = self.map.take_back(from, mark.context().max(from));
        // What the mark has live, and is not any more, was superseded by what is taken back.
        for entry in mark.map.entries() {
            self.map.put_back(entry.clone());
        }
        let mut writes = Vec::new();
        for entry in taken {
            let (_, key, cell) = entry.into_parts();
            let marked = mark.map.values(&key).map(Entry::value).next();
            let cell = match cell {
                Cell::Count(total) => left_of_count(total, marked).map(Cell::Count),
                Cell::Totals(totals) => {
                    let reset = baselines.get(&key.name).copied().unwrap_or_default();
                    left_of_totals(totals, marked, reset).map(Cell::Totals)
                }
                Cell::Reset(rows) => {
                    let totals = Key::new(&key.name, Place::Totals(from));
                    let totals = totals_in(mark.map.values(&totals));
                    left_of_reset(&rows, marked, (from, totals)).map(Cell::Reset)
                }
                Cell::Element if matches!(key.place, Place::GSet(_)) => {
                    (!self.map.contains_key(&key)).then_some(Cell::Element)
                }
                cell => Some(cell),
            };
            let place = key.place.owned_by(to);
            writes.extend(cell.map(|cell| (Key { place, ..key }, cell)));
        }
        let mut delta = self.map.write_beside(to, writes);
        let marked = self.map.claims_of(from);
        delta.merge(DotMap::dead(marked.context().difference(&self.map.live())));
        self.index = Index::of(&self.map);
        Self::of(delta)
    }
}

impl Document {
    /// Up to where resets have seen what one replica counted, by name.
    fn baselines_of(&self, replica: ReplicaId) -> BTreeMap<Arc<str>, Sides> {
        let mut baselines = BTreeMap::new();
        for entry in self.map.entries() {
            let Cell::Reset(rows) = entry.value() else { continue };
            for (_, seen) in rows.iter().filter(|(of, _)| *of == replica) {
                let most = baselines.entry(entry.key().name.clone()).or_default();
                *most = greatest(*most, *seen);
            }
        }
        baselines
    }
}

/// What was counted beyond the mark.
fn left_of_count(total: u64, marked: Option<&Cell>) -> Option<u64> {
    let marked = match marked {
        Some(Cell::Count(marked)) => *marked,
        _ => 0,
    };
    total.checked_sub(marked).filter(|left| *left > 0)
}

/// What was counted beyond the mark and beyond what resets have seen.
fn left_of_totals(totals: Sides, marked: Option<&Cell>, reset: Sides) -> Option<Sides> {
    let marked = match marked {
        Some(Cell::Totals(marked)) => *marked,
        _ => [0, 0],
    };
    let told = greatest(marked, reset);
    let left = [0, 1].map(|side| totals[side].saturating_sub(told[side]));
    (left != [0, 0]).then_some(left)
}

/// What was reset beyond the mark; of `from` itself no more than it had counted then, for the copy
/// that keeps the id may count on from there.
fn left_of_reset(
    rows: &[(ReplicaId, Sides)],
    marked: Option<&Cell>,
    (from, totals): (ReplicaId, Sides),
) -> Option<Baselines> {
    let marked = match marked {
        Some(Cell::Reset(marked)) => marked,
        _ => &[][..],
    };
    let left = |(replica, baselines): &(ReplicaId, Sides)| {
        let of_mark = marked.binary_search_by_key(replica, |(replica, _)| *replica);
        let of_mark = of_mark.map_or([0, 0], |at| marked[at].1);
        let most = if *replica == from { totals } else { [u64::MAX; 2] };
        let capped = [0, 1].map(|side| baselines[side].min(most[side]));
        let raised = [0, 1].map(|side| if capped[side] > of_mark[side] { capped[side] } else { 0 });
        (raised != [0, 0]).then_some((*replica, raised))
    };
    let left: Baselines = rows.iter().filter_map(left).collect();
    (!left.is_empty()).then_some(left)
}
