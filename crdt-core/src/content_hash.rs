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
        let mut body = Writer::without_version();
        value.write_to(&mut body);
        let mut hasher = SipHasher13::new_with_key(&self.0.to_le_bytes());
        hasher.write(&body.into_bytes());
        hasher.finish128().as_u128()
    }
}

impl ContentKey {
    /// The key for one component of a product, named by a value: components that hold the same
    /// have different hashes.
    pub fn derive<T: Wire>(self, component: &T) -> Self {
        Self(self.hash(component))
    }

    /// The first 64 bits of [`hash`](ContentKey::hash): a name, where what rests on it is checked
    /// by a longer hash.
    #[allow(clippy::cast_possible_truncation, reason = "the low half is what is asked for")]
    pub fn name<T: Wire>(self, value: &T) -> u64 {
        self.hash(value) as u64
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
