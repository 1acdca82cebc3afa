//! The elements of a set in order.
//!
//! They are in blocks, each an array in order. To find one takes two binary searches; what comes after
//! all others, as what is added in order does, takes one comparison.

use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::iter::FusedIterator;
use core::slice;

/// What a block holds at most.
const MOST: usize = 128;

/// A set whose iteration is in order.
#[derive(Clone, Debug)]
pub(crate) struct Sorted<T> {
    /// None is empty, and each begins after the last of the one before.
    blocks: Vec<Vec<T>>,
    len: usize,
}

impl<T> Default for Sorted<T> {
    fn default() -> Self {
        Self { blocks: Vec::new(), len: 0 }
    }
}

impl<T> Sorted<T> {
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn iter(&self) -> Iter<'_, T> {
        Iter { front: [].iter(), blocks: self.blocks.iter(), back: [].iter(), left: self.len }
    }
}

impl<T: Ord> Sorted<T> {
    /// Cost: O(log n).
    pub(crate) fn contains(&self, element: &T) -> bool {
        let block = self.blocks.get(self.block_of(element));
        block.is_some_and(|block| block.binary_search(element).is_ok())
    }

    /// Adds an element unless it is there. Cost: constant at the end, else O(log n), and by the way
    /// O(n / 64) for each 64.
    pub(crate) fn insert(&mut self, element: T) {
        let last = self.blocks.last_mut();
        if last.as_ref().is_none_or(|last| last.last() < Some(&element)) {
            match last.filter(|last| last.len() < MOST) {
                Some(last) => last.push(element),
                None => self.blocks.push(vec![element]),
            }
            self.len += 1;
            return;
        }
        let at = self.block_of(&element);
        let block = &mut self.blocks[at];
        let Err(place) = block.binary_search(&element) else { return };
        block.insert(place, element);
        self.len += 1;
        if block.len() > MOST {
            let second = block.split_off(MOST / 2);
            self.blocks.insert(at + 1, second);
        }
    }

    /// Takes an element out. Cost: O(log n), and by the way O(n / 64) for each 64.
    pub(crate) fn remove(&mut self, element: &T) {
        let at = self.block_of(element);
        let Some(block) = self.blocks.get_mut(at) else { return };
        let Ok(place) = block.binary_search(element) else { return };
        block.remove(place);
        self.len -= 1;
        if block.is_empty() {
            self.blocks.remove(at);
            return;
        }
        // Elements are taken out in either direction.
        for first in [at.checked_sub(1), Some(at)].into_iter().flatten() {
            self.join(first);
        }
    }

    /// Makes one block of this and the next, if both together are short.
    fn join(&mut self, first: usize) {
        let [one, next, ..] = self.blocks.get(first..).unwrap_or_default() else { return };
        if one.len() + next.len() <= MOST / 2 {
            let next = self.blocks.remove(first + 1);
            self.blocks[first].extend(next);
            self.blocks[first].shrink_to(MOST / 2);
        }
    }

    /// The first block whose last element is not before this one.
    fn block_of(&self, element: &T) -> usize {
        self.blocks.partition_point(|block| block.last() < Some(element))
    }
}

/// Equal elements, in whatever blocks.
impl<T: PartialEq> PartialEq for Sorted<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

/// The elements in order.
pub(crate) struct Iter<'a, T> {
    front: slice::Iter<'a, T>,
    blocks: slice::Iter<'a, Vec<T>>,
    back: slice::Iter<'a, T>,
    left: usize,
}

impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        let Self { front, blocks, back, left } = self;
        Self { front: front.clone(), blocks: blocks.clone(), back: back.clone(), left: *left }
    }
}

impl<T: fmt::Debug> fmt::Debug for Iter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Iter").field(&self.clone().collect::<Vec<_>>()).finish()
    }
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        if self.front.as_slice().is_empty() {
            self.front = match self.blocks.next() {
                Some(block) => block.iter(),
                None => core::mem::take(&mut self.back),
            };
        }
        let next = self.front.next()?;
        self.left -= 1;
        Some(next)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<'a, T> DoubleEndedIterator for Iter<'a, T> {
    fn next_back(&mut self) -> Option<&'a T> {
        if self.back.as_slice().is_empty() {
            self.back = match self.blocks.next_back() {
                Some(block) => block.iter(),
                None => core::mem::take(&mut self.front),
            };
        }
        let next = self.back.next_back()?;
        self.left -= 1;
        Some(next)
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}
impl<T> FusedIterator for Iter<'_, T> {}

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use alloc::vec::Vec;

    use super::{MOST, Sorted};

    /// Holds what a tree holds after each step, and no block is empty or too long.
    fn compare(steps: impl Iterator<Item = (bool, u32)>) {
        let (mut sorted, mut plain) = (Sorted::default(), BTreeSet::new());
        for (adds, element) in steps {
            if adds {
                sorted.insert(element);
                plain.insert(element);
            } else {
                sorted.remove(&element);
                plain.remove(&element);
            }
            assert_eq!(sorted.contains(&element), adds);
            assert_eq!(sorted.len(), plain.len());
            assert!(sorted.blocks.iter().all(|block| (1..=MOST).contains(&block.len())));
        }
        assert!(sorted.iter().eq(&plain));
        assert!(sorted.iter().rev().eq(plain.iter().rev()));
        let (mut both, mut ends) = (sorted.iter(), plain.iter());
        while let Some(first) = both.next() {
            assert_eq!(Some(first), ends.next());
            assert_eq!(both.next_back(), ends.next_back());
            assert_eq!(both.len(), ends.len());
        }
    }

    #[test]
    fn it_is_a_set_in_order() {
        compare((0..1_000).map(|n| (true, n)));
        compare((0..1_000).rev().map(|n| (true, n)));
        compare((0..5_000).map(|n| (n % 3 > 0, n * 7_919 % 1_009)));
        compare((0..1_000).map(|n| (true, n)).chain((0..1_000).map(|n| (n % 5 == 0, n))));
        compare((0..500).map(|n| (true, n)).chain((0..500).map(|n| (false, n))));
    }

    #[test]
    fn what_is_left_of_many_elements_is_in_few_blocks() {
        let leaving = || (0..10_000).filter(|n| n % 100 > 0);
        for order in [leaving().collect::<Vec<_>>(), leaving().rev().collect()] {
            let mut sorted = Sorted::default();
            (0..10_000).for_each(|n| sorted.insert(n));
            for n in &order {
                sorted.remove(n);
            }
            assert_eq!(sorted.len(), 100);
            assert!(sorted.blocks.len() < 10, "{} blocks", sorted.blocks.len());
            let room: usize = sorted.blocks.iter().map(Vec::capacity).sum();
            assert!(room < 1_000, "room for {room}");
        }
    }
}
