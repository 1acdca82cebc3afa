//! Choices that follow from a seed.

use crate::random::Random;

/// The same throws for the same seed, on every machine.
#[derive(Clone, Debug)]
pub(super) struct Dice(Random);

impl Dice {
    /// The dice of one purpose: throws for one tell nothing of those for another.
    pub(super) fn new(seed: u64, purpose: u64) -> Self {
        Self(Random::new(u128::from(purpose) << 64 | u128::from(seed)))
    }

    pub(super) fn bits(&mut self) -> u64 {
        self.0.draw_u64()
    }

    pub(super) fn wide_bits(&mut self) -> u128 {
        self.0.draw()
    }

    /// A number below `bound`; 0 when there is none.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.bits().checked_rem(bound).unwrap_or(0)
    }

    pub(super) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    #[allow(clippy::cast_possible_truncation, reason = "it is below a length")]
    pub(super) fn place(&mut self, length: usize) -> usize {
        self.below(length as u64) as usize
    }

    /// One of several, of which there is at least one.
    pub(super) fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.place(all.len())]
    }
}
