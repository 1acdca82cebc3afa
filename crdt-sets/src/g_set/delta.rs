//! What one set has and another lacks.

use alloc::vec::Vec;

use crdt_core::{ContentKey, Delta, Wire};

use super::{GSet, GSetDigest};

/// The digest names every element by a hash, so [`digest`](Delta::digest) costs O(n log n), and
/// [`delta_since`](Delta::delta_since) too. [`merge_novel`](Delta::merge_novel) compares the
/// elements themselves.
impl<T: Ord + Clone + Wire> Delta for GSet<T> {
    type Digest = GSetDigest;

    fn digest(&self) -> GSetDigest {
        self.digest_with(ContentKey::fresh())
    }

    fn delta_since(&self, digest: &GSetDigest) -> Self {
        if digest.is_empty() {
            return self.clone();
        }
        self.iter().filter(|element| !digest.names(*element)).cloned().collect()
    }

    fn merge_novel(&mut self, other: Self) -> Self {
        self.add_all(other)
    }

    fn is_bottom(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Wire> GSet<T> {
    /// The [`digest`](Delta::digest) under a key of the host's, for hosts with randomness of their
    /// own. The key must be one that nobody who chooses elements could foresee.
    pub fn digest_with(&self, key: ContentKey) -> GSetDigest {
        let mut hashes: Vec<u128> = self.iter().map(|element| key.hash(element)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        GSetDigest::from_sorted(key, hashes)
    }
}
