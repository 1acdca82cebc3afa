//! Authors for tests.

#![allow(dead_code, reason = "no test uses all of it")]

use crdt_document::{Author, Document, Merge, ReplicaId, Timestamp};

pub(crate) const EU: ReplicaId = ReplicaId::from_u128(1);
pub(crate) const US: ReplicaId = ReplicaId::from_u128(2);
pub(crate) const ASIA: ReplicaId = ReplicaId::from_u128(3);

/// The replica at this millisecond.
pub(crate) fn at(replica: ReplicaId, ms: u64) -> Author {
    Author::new(replica, Timestamp::from_millis(ms).expect("within 48 bits"))
}

pub(crate) fn eu() -> Author {
    at(EU, 1_000)
}

pub(crate) fn us() -> Author {
    at(US, 1_000)
}

pub(crate) fn asia() -> Author {
    at(ASIA, 1_000)
}

/// The join of all, which is the same in every order.
pub(crate) fn join(states: &[&Document]) -> Document {
    let merged = |states: &mut dyn Iterator<Item = &&Document>| {
        let mut joined = Document::new();
        states.for_each(|state| {
            joined.merge_ref(state);
            joined.internal_validate().expect("a valid layout");
        });
        joined
    };
    let joined = merged(&mut states.iter());
    assert_eq!(joined, merged(&mut states.iter().rev()), "in another order");
    joined
}
