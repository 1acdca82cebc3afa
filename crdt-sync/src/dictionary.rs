//! Replica ids that the two ends of a link have agreed on, so that a change need not write them out.

use alloc::vec::Vec;

use crdt_core::ReplicaId;
use crdt_core::wire::{Budget, DecodeError, Wire, decode_with, encode_with};

/// No more ids than these are agreed on: each message looks them up anew.
const MOST: usize = 256;

/// The ids that one end mentions, in the order in which it first did.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outgoing {
    ids: Vec<ReplicaId>,
    /// How many of them have arrived.
    agreed: usize,
}

/// A change as bytes, and what its reader has to know of the dictionary.
#[derive(Default)]
pub(crate) struct Encoded {
    pub(crate) base: u64,
    pub(crate) added: Vec<ReplicaId>,
    pub(crate) bytes: Vec<u8>,
}

impl Outgoing {
    /// The other end has so many; fewer than before if it has begun anew, or if this is said late.
    pub(crate) fn acknowledge(&mut self, names: u64) {
        let names = usize::try_from(names).unwrap_or(usize::MAX);
        self.agreed = names.min(self.ids.len());
    }

    /// Encodes a change, adding the ids that it mentions. Until they are acknowledged, every message
    /// brings them along, so each can be read by itself.
    pub(crate) fn encode<T: Wire>(&mut self, value: &T) -> Encoded {
        let (mut bytes, mentioned) = encode_with(value, &self.ids);
        if !mentioned.is_empty() && self.ids.len() + mentioned.len() <= MOST {
            self.ids.extend(mentioned);
            bytes = encode_with(value, &self.ids).0;
        }
        Encoded { base: self.agreed as u64, added: self.ids[self.agreed..].to_vec(), bytes }
    }
}

/// The ids that the other end mentions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Incoming {
    ids: Vec<ReplicaId>,
}

impl Incoming {
    /// How many have arrived.
    pub(crate) fn len(&self) -> u64 {
        self.ids.len() as u64
    }

    /// The dictionary of one message; `None` when it builds on what has not arrived, or contradicts
    /// what has.
    pub(crate) fn extended(&self, base: u64, added: &[ReplicaId]) -> Option<Vec<ReplicaId>> {
        let base = usize::try_from(base).ok()?;
        let mut ids = self.ids.get(..base)?.to_vec();
        ids.extend_from_slice(added);
        let agrees = ids.iter().zip(&self.ids).all(|(one, other)| one == other);
        (agrees && ids.len() <= MOST).then_some(ids)
    }

    /// Takes in the dictionary of a message that could be read.
    pub(crate) fn learn(&mut self, ids: Vec<ReplicaId>) {
        if ids.len() > self.ids.len() {
            self.ids = ids;
        }
    }
}

/// Reads a change.
pub(crate) fn decode<T: Wire>(
    bytes: &[u8],
    ids: &[ReplicaId],
    budget: &Budget,
) -> Result<T, DecodeError> {
    decode_with(bytes, budget, ids).map(|(value, _)| value)
}
