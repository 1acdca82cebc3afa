//! Where hash keys come from.
//!
//! Element indexes and the digests of types without dots are keyed, so that nobody who chooses
//! the elements can choose their collisions. Under `std` the key is drawn at random once a
//! process. Without `std`, and on targets whose standard library has no randomness
//! (`wasm32-unknown-unknown`), the host gives one with [`set`]; until then there is no protection.
//!
//! Keys never show in bytes, orders or results, but for the key that a digest carries.

use core::hash::Hasher;
use core::sync::atomic::{AtomicUsize, Ordering};

use siphasher::sip128::{Hasher128, SipHasher13};

static GIVEN: [AtomicUsize; 4] = [const { AtomicUsize::new(0) }; 4];
static DRAWN: AtomicUsize = AtomicUsize::new(0);

/// Gives the process its secret: random bits from the host, the more the better.
///
/// What is made afterwards is keyed with it; what was made before stays as it is.
pub fn set(secret: [u64; 2]) {
    let halves = secret.iter().flat_map(|word| [word & 0xffff_ffff, word >> 32]);
    for (cell, half) in GIVEN.iter().zip(halves) {
        #[allow(clippy::cast_possible_truncation, reason = "a half of 32 bits fits")]
        cell.store(half as usize, Ordering::Relaxed);
    }
}

/// The secret: what the host gave, over what the standard library drew.
fn secret() -> [u64; 2] {
    let given = GIVEN.each_ref().map(|cell| cell.load(Ordering::Relaxed) as u64);
    let [low, high] = drawn();
    [low ^ (given[1] << 32 | given[0]), high ^ (given[3] << 32 | given[2])]
}

#[cfg(feature = "std")]
fn drawn() -> [u64; 2] {
    use std::collections::hash_map::RandomState;
    use std::hash::BuildHasher;
    use std::sync::OnceLock;

    static DRAWN: OnceLock<[u64; 2]> = OnceLock::new();
    *DRAWN.get_or_init(|| [0, 1].map(|word: u64| RandomState::new().hash_one(word)))
}

#[cfg(not(feature = "std"))]
fn drawn() -> [u64; 2] {
    [0x6372_6474_2d63_6f72, 0x652e_7365_6564_2e30]
}

/// The hasher of a new element index.
pub(crate) fn hasher() -> ahash::RandomState {
    let [low, high] = secret();
    ahash::RandomState::with_seeds(low, high, !low, !high)
}

#[cfg(feature = "quickcheck")]
std::thread_local! {
    /// What [`repeatably`] was given, and how many keys were drawn from it.
    static REPEATABLE: core::cell::Cell<Option<(u128, u64)>> = const { core::cell::Cell::new(None) };
}

/// Draws the keys of digests from `secret` for as long as `run` takes, in this thread: so that a
/// simulation says the same bytes each time it is run. Whoever knows the secret can choose
/// collisions: for tests, with the feature `quickcheck`.
#[cfg(feature = "quickcheck")]
pub fn repeatably<R>(secret: u128, run: impl FnOnce() -> R) -> R {
    /// Puts back what was there, also when `run` panics.
    struct Former(Option<(u128, u64)>);

    impl Drop for Former {
        fn drop(&mut self) {
            REPEATABLE.set(self.0);
        }
    }

    let _former = Former(REPEATABLE.replace(Some((secret, 0))));
    run()
}

#[cfg(feature = "quickcheck")]
fn next_repeatable() -> Option<u128> {
    let (secret, drawn) = REPEATABLE.get()?;
    REPEATABLE.set(Some((secret, drawn + 1)));
    let mut hasher = SipHasher13::new_with_key(&secret.to_le_bytes());
    hasher.write_u64(drawn);
    Some(hasher.finish128().as_u128())
}

/// A key that nobody has seen yet: the keyed hash of how many were drawn before.
pub(crate) fn fresh_key() -> u128 {
    #[cfg(feature = "quickcheck")]
    if let Some(key) = next_repeatable() {
        return key;
    }
    let [low, high] = secret();
    let mut hasher = SipHasher13::new_with_keys(low, high);
    hasher.write_usize(DRAWN.fetch_add(1, Ordering::Relaxed));
    hasher.finish128().as_u128()
}
