//! A view of the engine: a map of small numbers to the instants at which they were last written.

use std::fmt::{self, Debug};
use std::marker::PhantomData;

use crdt_core::laws::{Author, Model};
use crdt_core::wire::{DecodeError, Reader, Wire, Writer};
use crdt_core::{
    Admit, AdmitError, CausalContext, ContentKey, Decompose, Delta, Dot, DotMap, DotMapDigest,
    Dots, Dotted, Entry, Limits, Merge, Parts, ReplicaId, Separated, Timestamp,
};
use quickcheck::{Arbitrary, Gen};

pub(crate) type Map = DotMap<u8, Timestamp>;

#[derive(Clone, Default, PartialEq)]
pub(crate) struct View<D> {
    map: Map,
    design: PhantomData<D>,
}

impl<D> View<D> {
    fn new(map: Map) -> Self {
        Self { map, design: PhantomData }
    }
}

impl<D> Debug for View<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.map.fmt(f)
    }
}

/// The decisions in which such views go wrong. What is given here is right.
pub(crate) trait Design: Clone + Debug + Default + PartialEq + 'static {
    fn live(map: &Map) -> CausalContext {
        map.live()
    }

    fn restrict(map: &Map, dots: &CausalContext) -> Map {
        map.restrict(dots)
    }

    fn dead(dots: CausalContext) -> Map {
        Map::dead(dots)
    }

    fn content(map: &Map, key: ContentKey, dots: &CausalContext) -> u128 {
        map.content(key, dots)
    }

    fn name_parts(map: &Map, key: ContentKey, each: &mut dyn FnMut(u64)) {
        map.name_parts(key, each);
    }

    fn take_parts(map: &Map, key: ContentKey, wanted: &dyn Fn(u64) -> bool) -> Map {
        map.take_parts(key, wanted)
    }

    fn merge_naming(map: &mut Map, other: Map, name: &mut dyn FnMut(&str)) -> Map {
        let novel = map.merge_novel(other);
        if !novel.is_bottom() {
            name("changed");
        }
        novel
    }

    /// Whether there is nothing to wait for, as the dot is here or dead.
    fn has(map: &Map, dot: Dot) -> bool {
        map.context().contains(dot)
    }

    /// What may be merged now, and what waits.
    fn split(map: &Map, incoming: Map, waits: impl Fn(&Timestamp) -> bool) -> (Map, Map) {
        map.split(incoming, |entry| waits(entry.value()))
    }

    fn renew(map: &mut Map, from: ReplicaId, to: ReplicaId, mark: &Map) -> Map {
        map.renew(from, to, mark)
    }
}

/// The right one in all respects.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Correct;

impl Design for Correct {}

impl<D: Design> Merge for View<D> {
    fn merge(&mut self, other: Self) -> bool {
        self.map.merge(other.map)
    }
}

impl<D: Design> Delta for View<D> {
    type Digest = DotMapDigest;

    fn digest(&self) -> DotMapDigest {
        self.map.digest()
    }

    fn delta_since(&self, digest: &DotMapDigest) -> Self {
        Self::new(self.map.delta_since(digest))
    }

    fn is_bottom(&self) -> bool {
        self.map.is_bottom()
    }

    fn merge_naming(&mut self, other: Self, name: &mut dyn FnMut(&str)) -> Self {
        Self::new(D::merge_naming(&mut self.map, other.map, name))
    }

    fn dots() -> Option<Dots<Self>> {
        Some(Dots::of())
    }

    fn parts() -> Option<Parts<Self>> {
        Some(Parts::of())
    }
}

impl<D: Design> Dotted for View<D> {
    fn seen(&self) -> &CausalContext {
        self.map.seen()
    }

    fn live(&self) -> CausalContext {
        D::live(&self.map)
    }

    fn restrict(&self, dots: &CausalContext) -> Self {
        Self::new(D::restrict(&self.map, dots))
    }

    fn dead(dots: CausalContext) -> Self {
        Self::new(D::dead(dots))
    }

    fn content(&self, key: ContentKey, dots: &CausalContext) -> u128 {
        D::content(&self.map, key, dots)
    }
}

impl<D: Design> Decompose for View<D> {
    fn name_parts(&self, key: ContentKey, each: &mut dyn FnMut(u64)) {
        D::name_parts(&self.map, key, each);
    }

    fn take_parts(&self, key: ContentKey, wanted: &dyn Fn(u64) -> bool) -> Self {
        Self::new(D::take_parts(&self.map, key, wanted))
    }
}

impl<D: Design> Admit for View<D> {
    fn admit(
        &self,
        incoming: &Self,
        me: ReplicaId,
        now_ms: u64,
        limits: &Limits,
    ) -> Result<(), AdmitError> {
        let is_new = |entry: &&Entry<u8, Timestamp>| !D::has(&self.map, entry.dot());
        let mut entries = incoming.map.entries().filter(is_new);
        entries.try_for_each(|entry| limits.check_timestamp(*entry.value(), now_ms))?;
        self.map.admit(&incoming.map, me, now_ms, limits)
    }

    fn newest(&self) -> Option<Timestamp> {
        self.map.entries().map(|entry| *entry.value()).max()
    }

    fn separate(&self, incoming: Self, now_ms: u64, limits: &Limits) -> Separated<Self> {
        let waits = |timestamp: &Timestamp| limits.check_timestamp(*timestamp, now_ms).is_err();
        let (now, later) = D::split(&self.map, incoming.map, waits);
        let later = Self::new(later);
        Separated { now: Self::new(now), later: later.newest().map(|newest| (later, newest)) }
    }

    fn claims_of(&self, me: ReplicaId) -> Self {
        Self::new(self.map.claims_of(me))
    }

    fn renew(&mut self, from: ReplicaId, to: ReplicaId, mark: &Self) -> Self {
        Self::new(D::renew(&mut self.map, from, to, &mark.map))
    }
}

impl<D: Design> Wire for View<D> {
    fn write_to(&self, writer: &mut Writer) {
        self.map.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        DotMap::read_from(reader).map(Self::new)
    }
}

#[derive(Clone, Debug)]
pub(crate) enum Operation {
    Touch(u8),
    Remove(u8),
}

impl Arbitrary for Operation {
    fn arbitrary(generator: &mut Gen) -> Self {
        let key = *generator.choose(&[1, 2, 3]).expect("three");
        if bool::arbitrary(generator) { Self::Touch(key) } else { Self::Remove(key) }
    }
}

pub(crate) struct ViewModel<D>(PhantomData<D>);

impl<D: Design> Model for ViewModel<D> {
    type State = View<D>;
    type Operation = Operation;
    type Observed = Vec<u8>;

    fn apply(view: &mut View<D>, author: &Author, operation: &Operation) -> View<D> {
        View::new(match operation {
            Operation::Touch(key) => view.map.write(author.replica, *key, author.timestamp),
            Operation::Remove(key) => view.map.remove(key),
        })
    }

    fn observe(view: &View<D>) -> Vec<u8> {
        view.map.keys().copied().collect()
    }
}
