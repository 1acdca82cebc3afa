//! Hashes of content that travel in digests.

use siphasher::sip128::{Hasher128, SipHasher13};

use core::hash::Hasher;

use crate::seed;
use crate::wire::{DecodeError, Reader, Wire, Writer};

/// The key of one digest's hashes: SipHash-1-3 with 128 bits of output (Aumasson and Bernstein
/// 2012) over canonical bytes.
///
/// Every digest draws a key of its own and carries it. So no one can prepare two elements that
/// are taken for one another, and what chance does once, the next digest undoes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContentKey(u128);

impl ContentKey {
    /// A key that nobody has seen yet. See [`seed`] for where its randomness comes from.
    pub fn fresh() -> Self {
        Self(seed::fresh_key())
    }

    /// The key with these bits, for hosts that bring their own randomness.
    pub const fn from_u128(bits: u128) -> Self {
        Self(bits)
    }

    /// The hash of a value's canonical body under this key: of what is written after the version,
    /// so that replicas which write different versions still hash alike. Cost: encodes the value.
    pub fn hash<T: Wire>(self, value: &T) -> u128 {
        let mut hash = ContentHash::new(self);
        hash.add(|body| value.write_to(body));
        hash.finish()
    }

    /// A name of 64 bits for what `write` writes: for the parts of a
    /// [`Decompose`](crate::Decompose), of which there are so many that a longer one would tell.
    /// What rests on a name is checked by a [`hash`](ContentKey::hash) in the end.
    #[allow(clippy::cast_possible_truncation, reason = "the low half is what is asked for")]
    pub fn name(self, write: impl FnOnce(&mut Writer)) -> u64 {
        let mut hash = ContentHash::new(self);
        hash.add(write);
        hash.finish() as u64
    }

    /// A keyed hash of one number, for structures that look at many: it allocates nothing.
    pub fn word(self, number: u64) -> u64 {
        let mut hasher = siphasher::sip::SipHasher13::new_with_key(&self.0.to_le_bytes());
        hasher.write(&number.to_le_bytes());
        hasher.finish()
    }

    /// The key for one component of a product, which `component` tells from the others: what is
    /// equal in two components has two names.
    pub fn derive<T: Wire>(self, component: &T) -> Self {
        Self(self.hash(component))
    }
}

/// The hash of several values, one after the other. Each is written as in a message of its own, so
/// that the ids which one mentions do not change the bytes of the next.
pub(crate) struct ContentHash {
    hasher: SipHasher13,
    body: Writer,
}

impl ContentHash {
    pub(crate) fn new(key: ContentKey) -> Self {
        let hasher = SipHasher13::new_with_key(&key.0.to_le_bytes());
        Self { hasher, body: Writer::without_version() }
    }

    pub(crate) fn add(&mut self, write: impl FnOnce(&mut Writer)) {
        write(&mut self.body);
        self.hasher.write(self.body.bytes());
        self.body.clear();
    }

    pub(crate) fn finish(self) -> u128 {
        self.hasher.finish128().as_u128()
    }
}

impl Wire for ContentKey {
    fn write_to(&self, writer: &mut Writer) {
        self.0.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        u128::read_from(reader).map(Self)
    }
}
