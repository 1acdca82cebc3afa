//! Where canonical bytes are put together.

use alloc::vec::Vec;

use super::VERSION;
use super::dictionary::Dictionary;
use crate::ReplicaId;

/// Room for a delta or a register, so that small messages are written without growing.
const SMALL: usize = 64;

/// The bytes of one message, being written.
#[derive(Debug)]
pub struct Writer {
    bytes: Vec<u8>,
    replicas: Dictionary,
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
        Self { bytes, replicas: Dictionary::default() }
    }

    /// A message whose dictionary begins with ids that both ends have agreed on: the version is
    /// written, and these ids take a place number from their first mention on. Each should be there
    /// once. See [`encode_with`](super::encode_with).
    pub fn with_replicas(agreed: &[ReplicaId]) -> Self {
        let mut writer = Self::new();
        writer.replicas = Dictionary::of(agreed);
        writer
    }

    /// The dictionary so far: the ids agreed on, then those mentioned besides.
    pub fn replicas(&self) -> &[ReplicaId] {
        self.replicas.ids()
    }

    /// The bytes, and the [dictionary](Writer::replicas).
    pub fn into_parts(self) -> (Vec<u8>, Vec<ReplicaId>) {
        (self.bytes, self.replicas.into_ids())
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
        self.replicas = Dictionary::default();
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
        if let Some(place) = self.replicas.place(id) {
            self.count(place + 1);
        } else {
            self.byte(0);
            self.raw(id.as_bytes());
            self.replicas.mention(id);
        }
    }
}

/// How many bytes [`Writer::varint`] takes for a number: one for each seven bits.
pub(crate) const fn varint_size(value: u64) -> usize {
    let bits = 64 - (value | 1).leading_zeros();
    bits.div_ceil(7) as usize
}
