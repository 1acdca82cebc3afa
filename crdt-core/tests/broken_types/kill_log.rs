//! An OR-Set that logs which dot killed which, and sends a peer the kills of the dots that it has
//! not seen.
//!
//! A replica adds an element, adds it again, and removes it. A peer misses the second delta, but
//! the removal tells it of the second dot: so it is taken to know of the kill that came with that,
//! and holds the first dot for good.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Debug};
use std::marker::PhantomData;

use crdt_core::laws::{Author, Model};
use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};
use crdt_core::{Delta, Dot, Merge};

use super::toys::dots::{read_dot, read_sorted, write_dot, write_sorted};
use super::toys::or_set::{Operation, OrSetModel};

/// The dot that is dead, and the dot that superseded it: itself where it was removed.
type Kill = (Dot, Dot);

#[derive(Clone, Default, PartialEq)]
pub(crate) struct KillLog<K> {
    live: BTreeMap<Dot, u8>,
    kills: BTreeSet<Kill>,
    knowing: PhantomData<K>,
}

impl<K> Debug for KillLog<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}, kills {:?}", self.live, self.kills)
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Digest {
    live: BTreeSet<Dot>,
    kills: BTreeSet<Kill>,
}

impl Digest {
    fn has_seen(&self, dot: Dot) -> bool {
        self.live.contains(&dot) || self.kills.iter().any(|(dead, _)| *dead == dot)
    }
}

pub(crate) trait Knowing: Clone + Debug + Default + PartialEq + 'static {
    /// Whether the peer knows of this kill.
    fn knows(peer: &Digest, kill: &Kill) -> bool;
}

/// The mistake.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ByDotsSeen;

impl Knowing for ByDotsSeen {
    fn knows(peer: &Digest, kill: &Kill) -> bool {
        let (dead, by) = *kill;
        if dead == by { peer.kills.contains(kill) } else { peer.has_seen(by) }
    }
}

/// The mistake of a log that holds the kills of removals, and not those of dots that superseded
/// others: whoever missed the delta of the second never hears that the first is dead.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct OfRemovalsOnly;

impl Knowing for OfRemovalsOnly {
    fn knows(peer: &Digest, kill: &Kill) -> bool {
        let (dead, by) = *kill;
        if dead == by { peer.kills.contains(kill) } else { peer.has_seen(dead) }
    }
}

/// The right one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ByKills;

impl Knowing for ByKills {
    fn knows(peer: &Digest, kill: &Kill) -> bool {
        peer.kills.contains(kill)
    }
}

impl<K: Knowing> KillLog<K> {
    fn add(&mut self, author: &Author, element: u8) -> Self {
        let dots = self.live.keys().chain(self.kills.iter().map(|(dead, _)| dead));
        let own = dots.filter(|dot| dot.replica() == author.replica).map(Dot::counter).max();
        let dot = Dot::new(author.replica, own.unwrap_or(0) + 1).expect("few writes");
        let delta = Self {
            live: [(dot, element)].into(),
            kills: self.holding(|held| held == element).map(|dead| (dead, dot)).collect(),
            knowing: PhantomData,
        };
        self.merge(delta.clone());
        delta
    }

    fn remove(&mut self, wanted: impl Fn(u8) -> bool) -> Self {
        let kills = self.holding(wanted).map(|dead| (dead, dead)).collect();
        let delta = Self { live: BTreeMap::new(), kills, knowing: PhantomData };
        self.merge(delta.clone());
        delta
    }

    fn holding(&self, wanted: impl Fn(u8) -> bool) -> impl Iterator<Item = Dot> {
        let live = self.live.iter();
        live.filter(move |(_, element)| wanted(**element)).map(|(dot, _)| *dot)
    }
}

impl<K: Knowing> Merge for KillLog<K> {
    fn merge(&mut self, other: Self) -> bool {
        let before = self.clone();
        self.live.extend(other.live);
        self.kills.extend(other.kills);
        for (dead, _) in &self.kills {
            self.live.remove(dead);
        }
        *self != before
    }
}

impl<K: Knowing> Delta for KillLog<K> {
    type Digest = Digest;

    fn digest(&self) -> Digest {
        Digest { live: self.live.keys().copied().collect(), kills: self.kills.clone() }
    }

    fn delta_since(&self, peer: &Digest) -> Self {
        let live = self.live.iter().filter(|(dot, _)| !peer.has_seen(**dot));
        let kills = self.kills.iter().filter(|kill| !K::knows(peer, kill));
        Self {
            live: live.map(|(dot, element)| (*dot, *element)).collect(),
            kills: kills.copied().collect(),
            knowing: PhantomData,
        }
    }

    fn is_bottom(&self) -> bool {
        self.live.is_empty() && self.kills.is_empty()
    }
}

fn write_kill((dead, by): &Kill, writer: &mut Writer) {
    write_dot(dead, writer);
    write_dot(by, writer);
}

fn read_kill(reader: &mut Reader<'_>) -> Result<Kill, DecodeError> {
    Ok((read_dot(reader)?, read_dot(reader)?))
}

impl Wire for Digest {
    fn write_to(&self, writer: &mut Writer) {
        write_sorted(&self.live, writer, write_dot);
        write_sorted(&self.kills, writer, write_kill);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self { live: read_sorted(reader, read_dot)?, kills: read_sorted(reader, read_kill)? })
    }
}

impl<K: Knowing> Wire for KillLog<K> {
    fn write_to(&self, writer: &mut Writer) {
        writer.count(self.live.len());
        for (dot, element) in &self.live {
            write_dot(dot, writer);
            writer.byte(*element);
        }
        write_sorted(&self.kills, writer, write_kill);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut set = Self::default();
        for _ in 0..reader.count()? {
            let dot = read_dot(reader)?;
            if set.live.last_key_value().is_some_and(|(last, _)| *last >= dot) {
                return Err(reader.error(DecodeErrorKind::OutOfOrder));
            }
            set.live.insert(dot, reader.byte()?);
        }
        set.kills = read_sorted(reader, read_kill)?;
        if set.kills.iter().any(|(dead, _)| set.live.contains_key(dead)) {
            return Err(reader.error(DecodeErrorKind::Invalid("a dot is both live and dead")));
        }
        Ok(set)
    }
}

pub(crate) struct KillLogModel<K>(PhantomData<K>);

impl<K: Knowing> Model for KillLogModel<K> {
    type State = KillLog<K>;
    type Operation = Operation;
    type Observed = BTreeSet<u8>;

    fn apply(set: &mut KillLog<K>, author: &Author, operation: &Operation) -> KillLog<K> {
        match *operation {
            Operation::Add(element) => set.add(author, element),
            Operation::Remove(element) => set.remove(|held| held == element),
            Operation::Clear => set.remove(|_| true),
        }
    }

    fn observe(set: &KillLog<K>) -> BTreeSet<u8> {
        set.live.values().copied().collect()
    }

    fn sequential(operations: &[Operation]) -> Option<BTreeSet<u8>> {
        OrSetModel::<super::toys::or_set::Correct>::sequential(operations)
    }
}
