//! A map joins key by key, and a bottom value equals an absent key.
//!
//! Merging never brings in a bottom value, and deltas, digests and bytes leave it out. One that
//! the application puts in itself, with `entry(key).or_default()`, stays until it is taken out:
//! it makes `==` tell two maps apart that are the same state and have the same bytes.
//!
//! Write `Merge::merge(&mut map, other)` for maps: the standard library prepares a method of that
//! name for `BTreeMap`, and a method of the type itself would go first.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;

use crate::{Admit, AdmitError, Delta, Limits, Merge, ReplicaId, Wire};

impl<K: Ord, V: Merge + Default> Merge for BTreeMap<K, V> {
    fn merge(&mut self, other: Self) -> bool {
        let mut changed = false;
        for (key, theirs) in other {
            changed |= match self.entry(key) {
                Entry::Occupied(mut mine) => mine.get_mut().merge(theirs),
                Entry::Vacant(vacant) => {
                    let mut mine = V::default();
                    let says_something = mine.merge(theirs);
                    if says_something {
                        vacant.insert(mine);
                    }
                    says_something
                }
            };
        }
        changed
    }
}

/// What a map tells a peer: the digest of every value that says something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MapDigest<K, D>(pub(crate) BTreeMap<K, D>);

impl<K, D> Default for MapDigest<K, D> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Clone + Wire, V: Delta> Delta for BTreeMap<K, V> {
    type Digest = MapDigest<K, V::Digest>;

    fn digest(&self) -> Self::Digest {
        let said = self.iter().filter(|(_, value)| !value.is_bottom());
        MapDigest(said.map(|(key, value)| (key.clone(), value.digest())).collect())
    }

    fn delta_since(&self, digest: &Self::Digest) -> Self {
        let nothing = V::Digest::default();
        let deltas = self.iter().map(|(key, value)| {
            let seen = digest.0.get(key).unwrap_or(&nothing);
            (key, value.delta_since(seen))
        });
        let said = deltas.filter(|(_, delta)| !delta.is_bottom());
        said.map(|(key, delta)| (key.clone(), delta)).collect()
    }

    fn merge_novel(&mut self, other: Self) -> Self {
        let mut novel = Self::new();
        for (key, theirs) in other {
            let brought = match self.entry(key.clone()) {
                Entry::Occupied(mut mine) => mine.get_mut().merge_novel(theirs),
                Entry::Vacant(vacant) => {
                    let mut mine = V::default();
                    let brought = mine.merge_novel(theirs);
                    if !mine.is_bottom() {
                        vacant.insert(mine);
                    }
                    brought
                }
            };
            if !brought.is_bottom() {
                novel.insert(key, brought);
            }
        }
        novel
    }

    fn is_bottom(&self) -> bool {
        self.values().all(V::is_bottom)
    }
}

impl<K: Ord, V: Admit + Default> Admit for BTreeMap<K, V> {
    fn admit(
        &self,
        incoming: &Self,
        me: ReplicaId,
        now_ms: u64,
        limits: &Limits,
    ) -> Result<(), AdmitError> {
        incoming.iter().try_for_each(|(key, theirs)| match self.get(key) {
            Some(mine) => mine.admit(theirs, me, now_ms, limits),
            None => V::default().admit(theirs, me, now_ms, limits),
        })
    }
}
