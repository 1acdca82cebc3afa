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

use crate::{
    Admit, AdmitError, ContentKey, Delta, Limits, Merge, Parts, ReplicaId, Separated, Timestamp,
    Wire,
};

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
        said(self.iter().map(|(key, value)| {
            let seen = digest.0.get(key).unwrap_or(&nothing);
            (key, value.delta_since(seen))
        }))
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

    /// Those of all values, each under a key derived from the map's.
    fn parts() -> Option<Parts<Self>> {
        V::parts().map(|_| Parts::new(name_parts, take_parts))
    }
}

fn name_parts<K: Wire, V: Delta>(map: &BTreeMap<K, V>, key: ContentKey, each: &mut dyn FnMut(u64)) {
    let Some(parts) = V::parts() else { return };
    for (place, value) in map {
        parts.name(value, key.derive(place), each);
    }
}

fn take_parts<K: Ord + Clone + Wire, V: Delta>(
    map: &BTreeMap<K, V>,
    key: ContentKey,
    wanted: &dyn Fn(u64) -> bool,
) -> BTreeMap<K, V> {
    let Some(parts) = V::parts() else { return BTreeMap::new() };
    said(map.iter().map(|(place, value)| (place, parts.take(value, key.derive(place), wanted))))
}

/// The map of those values that are not bottom.
fn said<'a, K: Ord + Clone + 'a, V: Delta>(
    values: impl Iterator<Item = (&'a K, V)>,
) -> BTreeMap<K, V> {
    let said = values.filter(|(_, value)| !value.is_bottom());
    said.map(|(key, value)| (key.clone(), value)).collect()
}

impl<K: Ord + Clone, V: Admit + Delta> Admit for BTreeMap<K, V> {
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

    fn newest(&self) -> Option<Timestamp> {
        self.values().filter_map(V::newest).max()
    }

    /// Key by key.
    fn separate(&self, incoming: Self, now_ms: u64, limits: &Limits) -> Separated<Self> {
        let nothing = V::default();
        let mut apart = Separated { now: Self::new(), later: None };
        for (key, theirs) in incoming {
            let mine = self.get(&key).unwrap_or(&nothing);
            let value = mine.separate(theirs, now_ms, limits);
            if let Some((later, newest)) = value.later {
                let all = apart.later.get_or_insert_with(|| (Self::new(), newest));
                all.0.insert(key.clone(), later);
                all.1 = all.1.max(newest);
            }
            if !value.now.is_bottom() {
                apart.now.insert(key, value.now);
            }
        }
        apart
    }

    fn claims_of(&self, me: ReplicaId) -> Self {
        said(self.iter().map(|(key, value)| (key, value.claims_of(me))))
    }

    fn renew(&mut self, from: ReplicaId, to: ReplicaId, mark: &Self) -> Self {
        let nothing = V::default();
        said(self.iter_mut().map(|(key, value)| {
            let mark = mark.get(key).unwrap_or(&nothing);
            (key, value.renew(from, to, mark))
        }))
    }
}
