//! What a grow-only set tells a peer.

use alloc::vec::Vec;

use crdt_core::ContentKey;
use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};

/// The elements of a [`GSet`](crate::GSet), each by a hash of 16 bytes, and the key of the hashes.
///
/// Exact up to a collision of two elements under a key that is drawn for this digest alone: nobody
/// can prepare one, and what chance does once, the next digest undoes. By default it knows no
/// element.
///
/// Size: 16 bytes an element, whether or not the peer has it: the price of an answer in one round.
/// Replicas that exchange deltas all along need a digest only after an absence. For large sets that
/// differ in little there are ways that take more rounds and far fewer bytes; they belong to
/// synchronization rather than to the type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GSetDigest {
    key: ContentKey,
    /// Strictly ascending.
    hashes: Vec<u128>,
}

impl GSetDigest {
    pub(super) fn from_sorted(key: ContentKey, hashes: Vec<u128>) -> Self {
        Self { key, hashes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Whether `element` is one of those that the digest was made of.
    pub(super) fn names<T: Wire>(&self, element: &T) -> bool {
        self.hashes.binary_search(&self.key.hash(element)).is_ok()
    }
}

/// The key, the number of hashes, the hashes ascending.
impl Wire for GSetDigest {
    fn write_to(&self, writer: &mut Writer) {
        self.key.write_to(writer);
        self.hashes.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let key = ContentKey::read_from(reader)?;
        let hashes = Vec::read_from(reader)?;
        if !hashes.is_sorted_by(|a, b| a < b) {
            return Err(reader.error(DecodeErrorKind::OutOfOrder));
        }
        Ok(Self { key, hashes })
    }
}
