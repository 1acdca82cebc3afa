//! All or nothing: a register has no parts.

use crdt_core::{ContentKey, Decompose, Delta, Parts, Wire};

use super::{LwwRegister, LwwRegisterDigest};

impl<T: Wire + PartialEq + Clone> Delta for LwwRegister<T> {
    type Digest = LwwRegisterDigest;

    fn digest(&self) -> LwwRegisterDigest {
        self.digest_with(ContentKey::fresh())
    }

    /// The register, if it holds a later write than the digest tells of. Where a fault has given
    /// one stamp to two values, each side sends its own: of these the hash says that they differ,
    /// and not which of them wins.
    fn delta_since(&self, digest: &LwwRegisterDigest) -> Self {
        if digest.lacks(self) { self.clone() } else { Self::new() }
    }

    fn merge_novel(&mut self, other: Self) -> Self {
        if other.beats(self) {
            self.clone_from(&other);
            other
        } else {
            Self::new()
        }
    }

    fn is_bottom(&self) -> bool {
        self.written.is_none()
    }

    fn parts() -> Option<Parts<Self>> {
        Some(Parts::of())
    }
}

/// A register that was written is one part.
impl<T: Wire + PartialEq + Clone> Decompose for LwwRegister<T> {
    fn name_parts(&self, key: ContentKey, each: &mut dyn FnMut(u64)) {
        if self.written.is_some() {
            each(key.name(|body| self.write_to(body)));
        }
    }

    fn take_parts(&self, key: ContentKey, wanted: &dyn Fn(u64) -> bool) -> Self {
        let is_wanted = self.written.is_some() && wanted(key.name(|body| self.write_to(body)));
        if is_wanted { self.clone() } else { Self::new() }
    }
}

impl<T: Wire> LwwRegister<T> {
    /// The [`digest`](Delta::digest) under a key of the host's, for hosts with randomness of their
    /// own. The key must be one that nobody who chooses values could foresee.
    pub fn digest_with(&self, key: ContentKey) -> LwwRegisterDigest {
        LwwRegisterDigest::of(self, key)
    }
}
