//! What the engine does, as a multi-value register.

use crdt_core::wire::{DecodeError, Reader, Writer};
use crdt_core::{
    Admit, AdmitError, Delta, DotMap, DotMapDigest, Limits, Merge, ReplicaId, Value, Wire,
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
}

impl<T: Value> Wire for MvRegister<T> {
    fn write_to(&self, writer: &mut Writer) {
        self.writes.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        DotMap::read_from(reader).map(|writes| Self { writes })
    }
}
