//! One opening of one replica.

use core::fmt;

use crdt_core::wire::{DecodeError, Reader, Wire, Writer};

/// One opening of a replica: drawn anew each time its state is created or read back from a store.
///
/// Log positions are scoped to it, so that a copy which was restored from an older state, or one of
/// two copies of a store, is never taken for the one that its peers knew.
///
/// Its upper half says when it was drawn, in seconds, so that everybody can forget those that were
/// superseded long ago; its lower half is random.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Incarnation(u64);

impl Incarnation {
    /// The incarnation drawn at `wall_ms` with these random bits.
    #[allow(clippy::cast_possible_truncation, reason = "seconds fit until the year 2106, and wrap")]
    pub(crate) const fn drawn(wall_ms: u64, random: u32) -> Self {
        Self((wall_ms / 1000) << 32 | random as u64)
    }

    /// Whether it was drawn more than `age_ms` before `wall_ms`.
    pub(crate) const fn is_older(self, age_ms: u64, wall_ms: u64) -> bool {
        ((self.0 >> 32) * 1000).saturating_add(age_ms) < wall_ms
    }

    pub(crate) const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Its bits.
    pub const fn to_bits(self) -> u64 {
        self.0
    }
}

impl fmt::Debug for Incarnation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl Wire for Incarnation {
    fn write_to(&self, writer: &mut Writer) {
        self.0.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        u64::read_from(reader).map(Self)
    }
}
