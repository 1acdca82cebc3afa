//! Per replica, the log position up to which a state includes that replica's state.

use alloc::vec::Vec;

use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};

use crate::Incarnation;
use crate::sorted::{SortedMap, SortedSet};

/// How far one incarnation's log has been taken in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    pub(crate) position: u64,
    /// The opening that it continues, and at which log position, if it continues one.
    pub(crate) continues: Option<(Incarnation, u64)>,
}

impl Reach {
    pub(crate) const fn to(position: u64) -> Self {
        Self { position, continues: None }
    }

    /// The join; tells whether it grew.
    fn advance(&mut self, other: Self) -> bool {
        let has_grown = other.position > self.position
            || (self.continues.is_none() && other.continues.is_some());
        self.position = self.position.max(other.position);
        self.continues = self.continues.or(other.continues);
        has_grown
    }
}

/// Openings of one replica, one after the other, are followed so far back.
const LONGEST_LINE: usize = 64;

/// What the number of entries takes at most, in bytes …
const LONGEST_COUNT: usize = 10;

/// … and an entry: two incarnations, two positions, and whether it continues one.
const LONGEST_ENTRY: usize = 8 + 10 + 1 + 8 + 10;

/// What a state includes: per incarnation a log position. It grows with the openings of all
/// replicas, by eleven bytes or so each, until those are [forgotten](Known::forget).
///
/// A causal context cannot say this: a removal leaves no trace in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Known(SortedMap<Incarnation, Reach>);

impl Known {
    pub(crate) fn of(incarnation: Incarnation, reach: Reach) -> Self {
        let mut known = Self::default();
        known.0.insert(incarnation, reach);
        known
    }

    /// How far `incarnation` is included; 0 when nothing is known of it.
    pub(crate) fn position(&self, incarnation: Incarnation) -> u64 {
        self.0.get(&incarnation).map_or(0, |reach| reach.position)
    }

    /// How far the log of `incarnation` is included, given what each opening continues: up to where
    /// it began, its log is that of the opening before.
    pub(crate) fn reaches(&self, incarnation: Incarnation, lineage: &Self) -> u64 {
        let (mut at_most, mut reached, mut line) = (u64::MAX, 0, Some(incarnation));
        for _ in 0..LONGEST_LINE {
            let Some(incarnation) = line else { break };
            reached = reached.max(self.position(incarnation).min(at_most));
            let continues = lineage.get(incarnation).and_then(|reach| reach.continues);
            line = continues.map(|(predecessor, start)| {
                at_most = at_most.min(start);
                predecessor
            });
        }
        reached
    }

    /// The openings before one, as far as they are known, latest first.
    pub(crate) fn line_of(&self, incarnation: Incarnation) -> impl Iterator<Item = Incarnation> {
        let before = |incarnation: &Incarnation| {
            self.get(*incarnation).and_then(|reach| reach.continues).map(|(before, _)| before)
        };
        core::iter::successors(before(&incarnation), move |incarnation| before(incarnation))
            .take(LONGEST_LINE)
    }

    pub(crate) fn get(&self, incarnation: Incarnation) -> Option<&Reach> {
        self.0.get(&incarnation)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether there is an entry of anybody but `own`.
    pub(crate) fn has_other_than(&self, own: Incarnation) -> bool {
        self.0.keys().any(|incarnation| *incarnation != own)
    }

    /// Takes in one entry; tells whether it is news.
    pub(crate) fn advance(&mut self, incarnation: Incarnation, reach: Reach) -> bool {
        self.0.get_or_default(incarnation).advance(reach)
    }

    /// The join, entry by entry; tells whether it grew.
    pub(crate) fn merge(&mut self, other: &Self) -> bool {
        let (mut has_grown, mut new) = (false, Vec::new());
        for (incarnation, reach) in other.0.iter() {
            if let Some(mine) = self.0.get_mut(incarnation) {
                has_grown |= mine.advance(*reach);
            } else {
                has_grown |= Reach::default().advance(*reach);
                new.push((*incarnation, *reach));
            }
        }
        self.0.insert_new(new);
        has_grown
    }

    /// The entries that `told` does not have, or has less of.
    pub(crate) fn since(&self, told: &Self) -> Self {
        let is_news = |incarnation: &Incarnation, reach: &Reach| match told.0.get(incarnation) {
            Some(told) => {
                told.position < reach.position
                    || (told.continues.is_none() && reach.continues.is_some())
            }
            None => true,
        };
        let news = self.0.iter().filter(|(incarnation, reach)| is_news(incarnation, reach));
        let mut since = Self::default();
        since.0.insert_new(news.map(|(incarnation, reach)| (*incarnation, *reach)).collect());
        since
    }

    /// How many bytes it takes at most.
    pub(crate) fn most_bytes(&self) -> usize {
        LONGEST_COUNT + LONGEST_ENTRY * self.0.len()
    }

    /// Somebody's log that `other` includes more of, as far as both tell: how much, and how much more.
    pub(crate) fn exceeded_by(&self, other: &Self) -> Option<(u64, u64)> {
        let mut both = self.0.iter().map(|(who, mine)| (mine.position, other.position(*who)));
        both.find(|(mine, theirs)| theirs > mine)
    }

    /// Without one entry.
    pub(crate) fn without(mut self, incarnation: Incarnation) -> Self {
        self.0.remove(&incarnation);
        self
    }

    /// Whether another opening goes on where this one ended.
    pub(crate) fn is_continued(&self, incarnation: Incarnation) -> bool {
        let mut all = self.0.values().filter_map(|reach| reach.continues);
        all.any(|(before, _)| before == incarnation)
    }

    /// The incarnations that continue one before `mine`, beside the one that leads to it: the mark
    /// of a store that was copied, or restored.
    pub(crate) fn twins_of(&self, mine: Incarnation) -> SortedSet<Incarnation> {
        let before: SortedSet<Incarnation> = self.line_of(mine).collect();
        let continues = |reach: &Reach| reach.continues.map(|(before, _)| before);
        let is_twin = |(other, reach): &(&Incarnation, &Reach)| {
            continues(reach).is_some_and(|continued| before.contains(&continued))
                && **other != mine
                && !before.contains(other)
        };
        self.0.iter().filter(is_twin).map(|(twin, _)| *twin).collect()
    }

    /// Drops what was drawn more than `age_ms` ago and has been continued since: nobody brings a
    /// token of it any more.
    pub(crate) fn forget(&mut self, age_ms: u64, wall_ms: u64) {
        let continued: SortedSet<_> =
            self.0.values().filter_map(|reach| Some(reach.continues?.0)).collect();
        self.0.retain(|incarnation, _| {
            !(continued.contains(incarnation) && incarnation.is_older(age_ms, wall_ms))
        });
    }
}

impl Wire for Reach {
    fn write_to(&self, writer: &mut Writer) {
        writer.varint(self.position);
        writer.byte(u8::from(self.continues.is_some()));
        if let Some((predecessor, start)) = self.continues {
            predecessor.write_to(writer);
            writer.varint(start);
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let position = reader.varint()?;
        let continues = if bool::read_from(reader)? {
            Some((Incarnation::read_from(reader)?, reader.varint()?))
        } else {
            None
        };
        Ok(Self { position, continues })
    }
}

/// Where one entry is of an incarnation that the bytes before name: that entry, and the others.
impl Known {
    pub(crate) fn write_beside(&self, incarnation: Incarnation, writer: &mut Writer) {
        self.get(incarnation).copied().unwrap_or_default().write_to(writer);
        self.clone().without(incarnation).write_to(writer);
    }

    pub(crate) fn read_beside(
        incarnation: Incarnation,
        reader: &mut Reader<'_>,
    ) -> Result<Self, DecodeError> {
        let reach = Reach::read_from(reader)?;
        let mut known = Self::read_from(reader)?;
        if known.0.insert(incarnation, reach).is_some() {
            return Err(reader.error(DecodeErrorKind::OutOfOrder));
        }
        Ok(known)
    }
}

/// Entries in ascending order: the incarnation, the position, what it continues.
impl Wire for Known {
    fn write_to(&self, writer: &mut Writer) {
        writer.count(self.0.len());
        for (incarnation, reach) in self.0.iter() {
            incarnation.write_to(writer);
            reach.write_to(writer);
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut entries = SortedMap::default();
        for _ in 0..reader.count()? {
            let incarnation = Incarnation::read_from(reader)?;
            if entries.keys().next_back().is_some_and(|last| *last >= incarnation) {
                return Err(reader.error(DecodeErrorKind::OutOfOrder));
            }
            entries.insert(incarnation, Reach::read_from(reader)?);
        }
        Ok(Self(entries))
    }
}
