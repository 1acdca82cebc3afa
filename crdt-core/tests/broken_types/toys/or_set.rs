//! A plain OR-Set of small numbers: every dot ever seen, and the elements of those alive.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Debug};
use std::marker::PhantomData;

use crdt_core::laws::{Author, Model};
use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};
use crdt_core::{Change, Delta, Dot, Merge, Observe};
use quickcheck::{Arbitrary, Gen};

use super::dots::{read_dot, read_sorted, write_dot, write_sorted};

#[derive(Clone, Default, PartialEq)]
pub(crate) struct OrSet<D> {
    pub(crate) live: BTreeMap<Dot, u8>,
    pub(crate) seen: BTreeSet<Dot>,
    design: PhantomData<D>,
}

impl<D> Debug for OrSet<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} of {:?}", self.live, self.seen)
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Digest {
    pub(crate) live: BTreeSet<Dot>,
    pub(crate) seen: BTreeSet<Dot>,
}

impl Wire for Digest {
    fn write_to(&self, writer: &mut Writer) {
        write_sorted(&self.live, writer, write_dot);
        write_sorted(&self.seen, writer, write_dot);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self { live: read_sorted(reader, read_dot)?, seen: read_sorted(reader, read_dot)? })
    }
}

/// The decisions in which OR-Sets go wrong. What is given here is right.
pub(crate) trait Design: Clone + Debug + Default + PartialEq + 'static {
    /// The context of the delta of a write or a removal.
    fn context(set: &OrSet<Self>, minted: Option<Dot>, killed: &[Dot]) -> BTreeSet<Dot> {
        let _ = set;
        minted.into_iter().chain(killed.iter().copied()).collect()
    }

    /// The context after a merge.
    fn united(mine: &BTreeSet<Dot>, theirs: &BTreeSet<Dot>) -> BTreeSet<Dot> {
        mine.union(theirs).copied().collect()
    }

    /// What a merge makes of two states.
    fn joined(mine: &OrSet<Self>, theirs: &OrSet<Self>) -> OrSet<Self> {
        let stays =
            |one: &OrSet<Self>, dot: &Dot| one.live.contains_key(dot) || !one.seen.contains(dot);
        let mine_stay = mine.live.iter().filter(|(dot, _)| stays(theirs, dot));
        let theirs_stay = theirs.live.iter().filter(|(dot, _)| stays(mine, dot));
        let live = mine_stay.chain(theirs_stay).map(|(dot, element)| (*dot, *element));
        OrSet::new(live.collect(), Self::united(&mine.seen, &theirs.seen))
    }

    /// The dots that the next one of a replica comes after.
    fn minted(set: &OrSet<Self>) -> BTreeSet<Dot> {
        set.seen.clone()
    }

    /// What a merge returns.
    fn told(before: &OrSet<Self>, after: &OrSet<Self>) -> bool {
        before != after
    }

    /// What a merge reports to bring.
    fn brought(before: &OrSet<Self>, after: &OrSet<Self>) -> BTreeSet<u8> {
        after.elements().difference(&before.elements()).copied().collect()
    }

    /// What a merge that reported so many changes returns.
    fn told_after(reports: usize, changed: bool) -> bool {
        let _ = reports;
        changed
    }

    fn digest(set: &OrSet<Self>) -> Digest {
        Digest { live: set.live.keys().copied().collect(), seen: set.seen.clone() }
    }

    fn delta_since(set: &OrSet<Self>, peer: &Digest) -> OrSet<Self> {
        let unseen = |dot: &Dot| !peer.seen.contains(dot);
        let killed = |dot: &Dot| peer.live.contains(dot) && !set.live.contains_key(dot);
        set.part(|dot| unseen(dot) || killed(dot))
    }

    fn novel(set: &OrSet<Self>, incoming: &OrSet<Self>) -> OrSet<Self> {
        incoming.delta_since(&set.digest())
    }
}

/// The right one in all respects.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Correct;

impl Design for Correct {}

impl<D: Design> OrSet<D> {
    pub(crate) fn new(live: BTreeMap<Dot, u8>, seen: BTreeSet<Dot>) -> Self {
        Self { live, seen, design: PhantomData }
    }

    /// What it knows of the dots that are wanted.
    pub(crate) fn part(&self, wanted: impl Fn(&Dot) -> bool) -> Self {
        let live = self.live.iter().filter(|(dot, _)| wanted(dot));
        let seen = self.seen.iter().filter(|dot| wanted(dot));
        Self::new(live.map(|(dot, element)| (*dot, *element)).collect(), seen.copied().collect())
    }

    pub(crate) fn elements(&self) -> BTreeSet<u8> {
        self.live.values().copied().collect()
    }

    pub(crate) fn has(&self, element: u8) -> bool {
        self.live.values().any(|held| *held == element)
    }

    fn add(&mut self, author: &Author, element: u8) -> Self {
        let minted = D::minted(self);
        let own = minted.iter().filter(|dot| dot.replica() == author.replica);
        let counter = own.map(Dot::counter).max().unwrap_or(0) + 1;
        let dot = Dot::new(author.replica, counter).expect("few writes");
        let killed = self.kill(|held| held == element);
        let context = D::context(self, Some(dot), &killed);
        self.live.insert(dot, element);
        self.seen.insert(dot);
        Self::new([(dot, element)].into(), context)
    }

    fn remove(&mut self, wanted: impl Fn(u8) -> bool) -> Self {
        let killed = self.kill(wanted);
        if killed.is_empty() {
            return Self::default();
        }
        let context = D::context(self, None, &killed);
        Self::new(BTreeMap::new(), context)
    }

    fn kill(&mut self, wanted: impl Fn(u8) -> bool) -> Vec<Dot> {
        let killed = self.live.iter().filter(|(_, element)| wanted(**element));
        let killed: Vec<Dot> = killed.map(|(dot, _)| *dot).collect();
        self.live.retain(|dot, _| !killed.contains(dot));
        killed
    }
}

impl<D: Design> Merge for OrSet<D> {
    fn merge(&mut self, other: Self) -> bool {
        let before = self.clone();
        *self = D::joined(&before, &other);
        D::told(&before, self)
    }
}

impl<D: Design> Observe for OrSet<D> {
    type Item = u8;

    fn merge_observed(&mut self, other: Self, mut observer: impl FnMut(Change<&u8>)) -> bool {
        let before = self.clone();
        let changed = self.merge(other);
        let (appeared, had) = (D::brought(&before, self), before.elements());
        let vanished: Vec<u8> = had.difference(&self.elements()).copied().collect();
        for element in &appeared {
            observer(Change::Appeared(element));
        }
        for element in &vanished {
            observer(Change::Vanished(element));
        }
        D::told_after(appeared.len() + vanished.len(), changed)
    }
}

impl<D: Design> Delta for OrSet<D> {
    type Digest = Digest;

    fn digest(&self) -> Digest {
        D::digest(self)
    }

    fn delta_since(&self, digest: &Digest) -> Self {
        D::delta_since(self, digest)
    }

    fn merge_novel(&mut self, other: Self) -> Self {
        let novel = D::novel(self, &other);
        self.merge(other);
        novel
    }

    fn is_bottom(&self) -> bool {
        self.seen.is_empty()
    }
}

impl<D: Design> Wire for OrSet<D> {
    /// Every dot that was seen, in order, each with its element if that is alive.
    fn write_to(&self, writer: &mut Writer) {
        writer.count(self.seen.len());
        for dot in &self.seen {
            write_dot(dot, writer);
            self.live.get(dot).copied().write_to(writer);
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut set = Self::default();
        for _ in 0..reader.count()? {
            let dot = read_dot(reader)?;
            if set.seen.last().is_some_and(|last| *last >= dot) {
                return Err(reader.error(DecodeErrorKind::OutOfOrder));
            }
            set.seen.insert(dot);
            if let Some(element) = Option::read_from(reader)? {
                set.live.insert(dot, element);
            }
        }
        Ok(set)
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Add(u8),
    Remove(u8),
    Clear,
}

impl Arbitrary for Operation {
    fn arbitrary(generator: &mut Gen) -> Self {
        let element = *generator.choose(&[1, 2, 3]).expect("three");
        match generator.choose(&[0, 0, 0, 0, 1, 1, 1, 2]).expect("eight") {
            0 => Self::Add(element),
            1 => Self::Remove(element),
            _ => Self::Clear,
        }
    }
}

pub(crate) struct OrSetModel<D>(PhantomData<D>);

impl<D: Design> Model for OrSetModel<D> {
    type State = OrSet<D>;
    type Operation = Operation;
    type Observed = BTreeSet<u8>;

    fn apply(set: &mut OrSet<D>, author: &Author, operation: &Operation) -> OrSet<D> {
        match *operation {
            Operation::Add(element) => set.add(author, element),
            Operation::Remove(element) => set.remove(|held| held == element),
            Operation::Clear => set.remove(|_| true),
        }
    }

    fn observe(set: &OrSet<D>) -> BTreeSet<u8> {
        set.elements()
    }

    fn sequential(operations: &[Operation]) -> Option<BTreeSet<u8>> {
        let mut set = BTreeSet::new();
        for operation in operations {
            match operation {
                Operation::Add(element) => set.extend([*element]),
                Operation::Remove(element) => set.retain(|held| held != element),
                Operation::Clear => set.clear(),
            }
        }
        Some(set)
    }
}
