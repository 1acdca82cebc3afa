//! Random bits out of a seed that the host gives.

use core::hash::Hasher;

use siphasher::sip128::{Hasher128, SipHasher13};

/// `SipHash` in counter mode: as unforeseeable as its seed, and the same run for the same seed.
#[derive(Clone, Debug)]
pub(crate) struct Random {
    seed: u128,
    drawn: u64,
}

impl Random {
    pub(crate) const fn new(seed: u128) -> Self {
        Self { seed, drawn: 0 }
    }

    pub(crate) fn draw(&mut self) -> u128 {
        let mut hasher = SipHasher13::new_with_key(&self.seed.to_le_bytes());
        hasher.write_u64(self.drawn);
        self.drawn += 1;
        hasher.finish128().as_u128()
    }

    #[allow(clippy::cast_possible_truncation, reason = "some of the bits are wanted")]
    pub(crate) fn draw_u32(&mut self) -> u32 {
        self.draw() as u32
    }

    #[allow(clippy::cast_possible_truncation, reason = "some of the bits are wanted")]
    pub(crate) fn draw_u64(&mut self) -> u64 {
        self.draw() as u64
    }
}
