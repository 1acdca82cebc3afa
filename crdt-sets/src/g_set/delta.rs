//! What one set has and another lacks.

use alloc::vec::Vec;

use crdt_core::{ContentKey, Decompose, Delta, Parts, Wire};

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

    fn parts() -> Option<Parts<Self>> {
        Some(Parts::of())
    }
}

/// Every element is a part.
impl<T: Ord + Clone + Wire> Decompose for GSet<T> {
    fn name_parts(&self, key: ContentKey, each: &mut dyn FnMut(u64)) {
        self.iter().for_each(|element| each(name(key, element)));
    }

    fn take_parts(&self, key: ContentKey, wanted: &dyn Fn(u64) -> bool) -> Self {
        self.iter().filter(|element| wanted(name(key, *element))).cloned().collect()
    }
}

fn name<T: Wire>(key: ContentKey, element: &T) -> u64 {
    key.name(|body| element.write_to(body))
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
