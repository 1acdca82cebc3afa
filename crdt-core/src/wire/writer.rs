//! Where canonical bytes are put together.

use alloc::vec::Vec;

use hashbrown::HashMap;
use smallvec::SmallVec;

use super::VERSION;
use crate::{ReplicaId, seed};

/// Up to this many ids are searched one by one.
const SCANNED: usize = 8;

/// Room for a delta or a register, so that small messages are written without growing.
const SMALL: usize = 64;

/// The bytes of one message, being written.
#[derive(Debug)]
pub struct Writer {
    bytes: Vec<u8>,
    /// The ids mentioned so far, in order of their first mention.
    replicas: SmallVec<[ReplicaId; 1]>,
    /// The greatest of them, as a number: what is above it is new. Types list ids in ascending order, so most
    /// are told to be new without being looked up.
    greatest: Option<u128>,
    /// Their places, up to the last that there was when one was looked up.
    places: HashMap<ReplicaId, usize, ahash::RandomState>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self::in_place_of(Vec::with_capacity(SMALL))
    }

    /// A message that is written in place of other bytes, in the room that they took.
    pub fn in_place_of(mut bytes: Vec<u8>) -> Self {
        bytes.clear();
        let mut writer = Self::of(bytes);
        writer.byte(VERSION);
        writer
    }

    pub(crate) fn without_version() -> Self {
        Self::of(Vec::with_capacity(SMALL))
    }

    fn of(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            replicas: SmallVec::new(),
            greatest: None,
            places: HashMap::with_hasher(seed::hasher()),
        }
    }

    /// A message whose dictionary begins with ids that both ends have agreed on: the version is
    /// written, and these ids take a place number from their first mention on. Each should be there
    /// once. See [`encode_with`](super::encode_with).
    pub fn with_replicas(agreed: &[ReplicaId]) -> Self {
        let mut writer = Self::new();
        writer.replicas = agreed.into();
        writer.greatest = agreed.iter().map(ReplicaId::as_u128).max();
        writer
    }

    /// The dictionary so far: the ids agreed on, then those mentioned besides.
    pub fn replicas(&self) -> &[ReplicaId] {
        &self.replicas
    }

    /// The bytes, and the [dictionary](Writer::replicas).
    pub fn into_parts(self) -> (Vec<u8>, Vec<ReplicaId>) {
        (self.bytes, self.replicas.into_vec())
    }

    /// The bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// As new, but for the room that it has made.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.replicas.clear();
        self.greatest = None;
        self.places.clear();
    }

    /// One byte.
    pub fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    /// Bytes as they are, without their length.
    pub fn raw(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// A number in as few bytes as it needs: seven bits a byte, least significant first.
    #[allow(clippy::cast_possible_truncation, reason = "the low seven bits are what is written")]
    pub fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.bytes.push(value as u8);
    }

    /// The number of items that follow, as a varint.
    pub fn count(&mut self, count: usize) {
        self.varint(count as u64);
    }

    /// A replica id: written out at its first mention, by its place afterwards.
    pub fn replica(&mut self, id: ReplicaId) {
        if let Some(place) = self.place(id) {
            self.count(place + 1);
        } else {
            self.byte(0);
            self.raw(id.as_bytes());
            self.mention(id);
        }
    }

    fn place(&mut self, id: ReplicaId) -> Option<usize> {
        if self.greatest < Some(id.as_u128()) {
            return None;
        }
        if self.replicas.len() <= SCANNED {
            return self.replicas.iter().position(|mentioned| *mentioned == id);
        }
        let all = self.replicas.iter().copied().enumerate();
        self.places.extend(all.skip(self.places.len()).map(|(place, id)| (id, place)));
        self.places.get(&id).copied()
    }

    fn mention(&mut self, id: ReplicaId) {
        self.replicas.push(id);
        self.greatest = self.greatest.max(Some(id.as_u128()));
    }
}

/// How many bytes [`Writer::varint`] takes for a number: one for each seven bits.
pub(crate) const fn varint_size(value: u64) -> usize {
    let bits = 64 - (value | 1).leading_zeros();
    bits.div_ceil(7) as usize
}
