//! What the engine does, as a multi-value register.

use crdt_core::wire::{DecodeError, Reader, Writer};
use crdt_core::{
    Admit, AdmitError, CausalContext, ContentKey, Decompose, Delta, DotMap, DotMapDigest, Dots,
    Dotted, Limits, Merge, Parts, ReplicaId, Value, Wire,
};

use super::MvRegister;

impl<T: Value> Merge for MvRegister<T> {
    fn merge(&mut self, other: Self) -> bool {
        self.writes.merge(other.writes)
    }

    fn merge_ref(&mut self, other: &Self) -> bool {
        self.writes.merge_ref(&other.writes)
    }
}

impl<T: Value> Delta for MvRegister<T> {
    type Digest = DotMapDigest;

    fn digest(&self) -> DotMapDigest {
        self.writes.digest()
    }

    fn delta_since(&self, digest: &DotMapDigest) -> Self {
        Self { writes: self.writes.delta_since(digest) }
    }

    fn merge_novel(&mut self, other: Self) -> Self {
        Self { writes: self.writes.merge_novel(other.writes) }
    }

    fn is_bottom(&self) -> bool {
        self.writes.is_bottom()
    }

    fn dots() -> Option<Dots<Self>> {
        Some(Dots::of())
    }

    fn parts() -> Option<Parts<Self>> {
        Some(Parts::of())
    }
}

impl<T: Value> Dotted for MvRegister<T> {
    fn seen(&self) -> &CausalContext {
        self.writes.seen()
    }

    fn live(&self) -> CausalContext {
        self.writes.live()
    }

    fn restrict(&self, dots: &CausalContext) -> Self {
        Self { writes: self.writes.restrict(dots) }
    }

    fn dead(dots: CausalContext) -> Self {
        Self { writes: DotMap::dead(dots) }
    }

    fn content(&self, key: ContentKey, dots: &CausalContext) -> u128 {
        self.writes.content(key, dots)
    }
}

impl<T: Value> Decompose for MvRegister<T> {
    fn name_parts(&self, key: ContentKey, each: &mut dyn FnMut(u64)) {
        self.writes.name_parts(key, each);
    }

    fn take_parts(&self, key: ContentKey, wanted: &dyn Fn(u64) -> bool) -> Self {
        Self { writes: self.writes.take_parts(key, wanted) }
    }
}

impl<T: Value> Admit for MvRegister<T> {
    fn admit(
        &self,
        incoming: &Self,
        me: ReplicaId,
        now_ms: u64,
        limits: &Limits,
    ) -> Result<(), AdmitError> {
        self.writes.admit(&incoming.writes, me, now_ms, limits)
    }

    fn claims_of(&self, me: ReplicaId) -> Self {
        Self { writes: self.writes.claims_of(me) }
    }

    fn renew(&mut self, from: ReplicaId, to: ReplicaId, mark: &Self) -> Self {
        Self { writes: self.writes.renew(from, to, &mark.writes) }
    }
}

impl<T: Value> Wire for MvRegister<T> {
    fn write_to(&self, writer: &mut Writer) {
        self.writes.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        DotMap::read_from(reader).map(|writes| Self { writes })
    }
}
