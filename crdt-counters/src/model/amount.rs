//! How much is counted at once.

use quickcheck::Gen;

/// Nothing, a little, or so much that a few of it overflow.
const AMOUNTS: [u64; 8] = [0, 1, 1, 2, 3, 300, u64::MAX / 2, u64::MAX];

pub(super) fn amount(generator: &mut Gen) -> u64 {
    generator.choose(&AMOUNTS).copied().unwrap_or(1)
}

/// What one replica alone has counted in one direction: an amount that would overflow is refused.
pub(super) fn counted(amounts: impl Iterator<Item = u64>) -> u64 {
    amounts.fold(0, |total, amount| total.checked_add(amount).unwrap_or(total))
}
