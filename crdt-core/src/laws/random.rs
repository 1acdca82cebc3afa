//! Choices, uniform (as nearly as matters) over what is there to choose from.

use alloc::vec::Vec;

use quickcheck::Gen;

/// The digits of a number below 2^32.
const DIGITS: [u8; 256] = {
    let mut digits = [0; 256];
    let mut digit = 1;
    while digit < digits.len() {
        digits[digit] = digits[digit - 1] + 1;
        digit += 1;
    }
    digits
};

/// A number below `bound`; 0 when there is none.
pub(super) fn below(generator: &mut Gen, bound: usize) -> usize {
    let number = u32::from_le_bytes([(); 4].map(|()| *generator.choose(&DIGITS).unwrap_or(&0)));
    (number as usize).checked_rem(bound).unwrap_or(0)
}

/// Whether something happens that happens once in `times`.
pub(super) fn once_in(generator: &mut Gen, times: usize) -> bool {
    below(generator, times) == 0
}

/// `items` in another order.
pub(super) fn shuffle<T>(generator: &mut Gen, items: &mut [T]) {
    for last in (1..items.len()).rev() {
        items.swap(last, below(generator, last + 1));
    }
}

/// Every item with even odds.
pub(super) fn subset<T>(generator: &mut Gen, items: impl IntoIterator<Item = T>) -> Vec<T> {
    items.into_iter().filter(|_| once_in(generator, 2)).collect()
}

/// The seed of the `case`-th case: the given one, then the steps of a Weyl sequence.
pub(super) const fn case_seed(seed: u64, case: usize) -> u64 {
    seed.wrapping_add((case as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15))
}
