//! What the engine does, as an observed-remove set.

use crdt_core::wire::{DecodeError, Reader, Writer};
use crdt_core::{
    Admit, AdmitError, CausalContext, Change, ContentKey, Decompose, Delta, DotMap, DotMapDigest,
    Dots, Dotted, Key, Limits, Merge, Observe, Parts, ReplicaId, Wire,
};

use super::OrSet;

impl<T: Key> Merge for OrSet<T> {
    fn merge(&mut self, other: Self) -> bool {
        self.elements.merge(other.elements)
    }

    fn merge_ref(&mut self, other: &Self) -> bool {
        self.elements.merge_ref(&other.elements)
    }
}

impl<T: Key> Delta for OrSet<T> {
    type Digest = DotMapDigest;

    fn digest(&self) -> DotMapDigest {
        self.elements.digest()
    }

    fn delta_since(&self, digest: &DotMapDigest) -> Self {
        Self { elements: self.elements.delta_since(digest) }
    }

    fn merge_novel(&mut self, other: Self) -> Self {
        Self { elements: self.elements.merge_novel(other.elements) }
    }

    fn is_bottom(&self) -> bool {
        self.elements.is_bottom()
    }

    fn dots() -> Option<Dots<Self>> {
        Some(Dots::of())
    }

    fn parts() -> Option<Parts<Self>> {
        Some(Parts::of())
    }
}

impl<T: Key> Dotted for OrSet<T> {
    fn seen(&self) -> &CausalContext {
        self.elements.seen()
    }

    fn live(&self) -> CausalContext {
        self.elements.live()
    }

    fn restrict(&self, dots: &CausalContext) -> Self {
        Self { elements: self.elements.restrict(dots) }
    }

    fn write_restricted(&self, dots: &CausalContext, writer: &mut Writer) {
        self.elements.write_restricted(dots, writer);
    }

    fn dead(dots: CausalContext) -> Self {
        Self { elements: DotMap::dead(dots) }
    }

    fn content(&self, key: ContentKey, dots: &CausalContext) -> u128 {
        self.elements.content(key, dots)
    }
}

impl<T: Key> Decompose for OrSet<T> {
    fn name_parts(&self, key: ContentKey, each: &mut dyn FnMut(u64)) {
        self.elements.name_parts(key, each);
    }

    fn take_parts(&self, key: ContentKey, wanted: &dyn Fn(u64) -> bool) -> Self {
        Self { elements: self.elements.take_parts(key, wanted) }
    }
}

/// Reports elements. One that is added anew while it is there neither appears nor vanishes.
impl<T: Key> Observe for OrSet<T> {
    type Item = T;

    fn merge_observed(&mut self, other: Self, mut observer: impl FnMut(Change<&T>)) -> bool {
        self.elements.merge_watched(other.elements, |without, change| match change {
            Change::Appeared(entry) if !without.contains_key(entry.key()) => {
                observer(Change::Appeared(entry.key()));
            }
            Change::Vanished(entry) if !without.contains_key(entry.key()) => {
                observer(Change::Vanished(entry.key()));
            }
            _ => {}
        })
    }
}

impl<T: Key> Admit for OrSet<T> {
    fn admit(
        &self,
        incoming: &Self,
        me: ReplicaId,
        now_ms: u64,
        limits: &Limits,
    ) -> Result<(), AdmitError> {
        self.elements.admit(&incoming.elements, me, now_ms, limits)
    }

    fn claims_of(&self, me: ReplicaId) -> Self {
        Self { elements: self.elements.claims_of(me) }
    }

    fn renew(&mut self, from: ReplicaId, to: ReplicaId, mark: &Self) -> Self {
        Self { elements: self.elements.renew(from, to, &mark.elements) }
    }
}

impl<T: Key> Wire for OrSet<T> {
    fn write_to(&self, writer: &mut Writer) {
        self.elements.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        DotMap::read_from(reader).map(|elements| Self { elements })
    }
}
