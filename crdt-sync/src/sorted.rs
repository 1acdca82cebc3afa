//! Maps and sets in order, each in one array.
//!
//! They are for what is few, or looked through as a whole anyway: replicas, openings, tokens. What is put in or
//! taken out moves what comes after it; what comes last, as a new opening and the token of a new write do, moves
//! nothing. For each kind of key a `BTreeMap` is kilobytes of code more, which every page has to load.

use alloc::vec::{self, Vec};
use core::mem;

/// A map whose iteration is in the order of its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SortedMap<K, V>(Vec<(K, V)>);

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K, V> SortedMap<K, V> {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    pub(crate) fn keys(&self) -> impl DoubleEndedIterator<Item = &K> {
        self.0.iter().map(|(key, _)| key)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.0.iter_mut().map(|(_, value)| value)
    }

    pub(crate) fn retain(&mut self, mut keeps: impl FnMut(&K, &V) -> bool) {
        self.0.retain(|(key, value)| keeps(key, value));
    }

    /// Takes out the first. Cost: O(n).
    pub(crate) fn pop_first(&mut self) -> Option<(K, V)> {
        (!self.0.is_empty()).then(|| self.0.remove(0))
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    fn place(&self, key: &K) -> Result<usize, usize> {
        match self.0.last() {
            Some((last, _)) if last < key => Err(self.0.len()),
            _ => self.0.binary_search_by(|(other, _)| other.cmp(key)),
        }
    }

    /// Cost: O(log n).
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.place(key).ok().map(|place| &self.0[place].1)
    }

    /// Cost: O(log n).
    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.place(key).ok().map(|place| &mut self.0[place].1)
    }

    /// Cost: O(log n).
    pub(crate) fn contains_key(&self, key: &K) -> bool {
        self.place(key).is_ok()
    }

    /// Puts in a value; returns the one that it takes the place of. Cost: O(n), at the end constant.
    pub(crate) fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(place) => Some(mem::replace(&mut self.0[place].1, value)),
            Err(place) => {
                self.0.insert(place, (key, value));
                None
            }
        }
    }

    /// The value of a key, put in if there is none. Cost: as that of `insert`.
    pub(crate) fn get_or_default(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let place = self.place(&key).unwrap_or_else(|place| {
            self.0.insert(place, (key, V::default()));
            place
        });
        &mut self.0[place].1
    }

    /// Cost: O(n), at the end constant.
    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        self.place(key).ok().map(|place| self.0.remove(place).1)
    }

    /// Puts in several whose keys are not there, and differ. Cost: O(n log n), at the end and in order O(n).
    pub(crate) fn insert_new(&mut self, mut new: Vec<(K, V)>) {
        if new.is_empty() {
            return;
        }
        self.0.append(&mut new);
        if !self.0.is_sorted_by(|(one, _), (next, _)| one < next) {
            self.0.sort_by(|(one, _), (other, _)| one.cmp(other));
        }
    }
}

impl<K, V> IntoIterator for SortedMap<K, V> {
    type Item = (K, V);
    type IntoIter = vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// A set whose iteration is in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SortedSet<T>(Vec<T>);

impl<T> Default for SortedSet<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> SortedSet<T> {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter()
    }

    pub(crate) fn retain(&mut self, keeps: impl FnMut(&T) -> bool) {
        self.0.retain(keeps);
    }
}

impl<T: Ord> SortedSet<T> {
    /// Cost: O(log n).
    pub(crate) fn contains(&self, element: &T) -> bool {
        self.0.binary_search(element).is_ok()
    }

    /// Tells whether it is new. Cost: O(n), at the end O(log n).
    pub(crate) fn insert(&mut self, element: T) -> bool {
        let place = self.0.binary_search(&element);
        if let Err(place) = place {
            self.0.insert(place, element);
        }
        place.is_err()
    }

    /// Tells whether it was there. Cost: O(n), at the end O(log n).
    pub(crate) fn remove(&mut self, element: &T) -> bool {
        let place = self.0.binary_search(element);
        if let Ok(place) = place {
            self.0.remove(place);
        }
        place.is_ok()
    }
}

impl<T: Ord> FromIterator<T> for SortedSet<T> {
    fn from_iter<I: IntoIterator<Item = T>>(elements: I) -> Self {
        let mut elements: Vec<T> = elements.into_iter().collect();
        elements.sort_unstable();
        elements.dedup();
        Self(elements)
    }
}

#[cfg(test)]
mod tests {
    use alloc::collections::{BTreeMap, BTreeSet};
    use alloc::vec::Vec;

    use super::{SortedMap, SortedSet};

    /// Numbers below 97, in no order.
    fn keys() -> impl Iterator<Item = u64> {
        (0..500).map(|n: u64| n * n * 7_919 % 97)
    }

    #[test]
    fn a_map_answers_as_a_tree_does() {
        let (mut sorted, mut tree) = (SortedMap::default(), BTreeMap::new());
        for (n, key) in keys().enumerate() {
            match n % 5 {
                0 => assert_eq!(sorted.remove(&key), tree.remove(&key)),
                1 => {
                    let (mine, theirs) = (sorted.get_or_default(key), tree.entry(key).or_default());
                    assert_eq!(mine, theirs);
                    (*mine, *theirs) = (n, n);
                }
                _ => assert_eq!(sorted.insert(key, n), tree.insert(key, n)),
            }
            if n % 50 == 49 {
                assert_eq!(sorted.pop_first(), tree.pop_first());
            }
            assert_eq!(sorted.get(&key), tree.get(&key));
            assert_eq!(sorted.contains_key(&(key + 1)), tree.contains_key(&(key + 1)));
            assert_eq!(sorted.get_mut(&key).is_some(), tree.contains_key(&key));
            assert!(sorted.iter().eq(&tree));
        }
        let new: Vec<_> = [200, 98, 99, 150].map(|key| (key, 1)).into();
        tree.extend(new.iter().copied());
        sorted.insert_new(new);
        sorted.retain(|key, _| key % 3 > 0);
        tree.retain(|key, _| key % 3 > 0);
        assert_eq!(sorted.len(), tree.len());
        assert!(sorted.into_iter().eq(tree));
    }

    #[test]
    fn a_set_answers_as_a_tree_does() {
        let mut sorted: SortedSet<_> = [3, 1, 2, 3, 1].into_iter().collect();
        let mut tree = BTreeSet::from([1, 2, 3]);
        for (n, key) in keys().enumerate() {
            if n % 3 == 0 {
                assert_eq!(sorted.remove(&key), tree.remove(&key));
            } else {
                assert_eq!(sorted.insert(key), tree.insert(key));
            }
            assert_eq!(sorted.contains(&(key + 1)), tree.contains(&(key + 1)));
            assert!(sorted.iter().eq(&tree));
        }
        sorted.retain(|key| key % 2 > 0);
        tree.retain(|key| key % 2 > 0);
        assert!(sorted.iter().eq(&tree));
        assert_eq!(sorted.len(), tree.len());
    }
}
