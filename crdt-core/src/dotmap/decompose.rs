//! The join decomposition of a map: a part for every live entry, and parts that say which dots are
//! dead (Enes, Almeida, Baquero, Leitão 2019, section III).
//!
//! Dead dots are told by the block of 4,096 counters: one that died makes one part differ, and there
//! are few parts. Blocks that are dead as a whole are gathered by powers of two, so that a run of
//! 2^48 has a few dozen parts, and one that grows by a block still shares most of them.

use super::{DotMap, Key, Value};
use crate::context::Runs;
use crate::wire::Wire;
use crate::{ContentKey, Decompose, ReplicaId};

/// So many counters have one part for those of them that are dead.
const BLOCK: u64 = 4096;

const ENTRY: u8 = 0;
const DEAD: u8 = 1;

impl<K: Key, V: Value> Decompose for DotMap<K, V> {
    fn name_parts(&self, key: ContentKey, each: &mut dyn FnMut(u64)) {
        self.entries().for_each(|entry| each(name_of_entry(key, entry)));
        self.each_dead_piece(|replica, piece| each(name_of_dead(key, replica, &piece)));
    }

    fn take_parts(&self, key: ContentKey, wanted: &dyn Fn(u64) -> bool) -> Self {
        let mut taken = Self::new();
        for entry in self.entries().filter(|entry| wanted(name_of_entry(key, entry))) {
            taken.context.insert(entry.dot);
            taken.bring(entry.clone());
        }
        self.each_dead_piece(|replica, piece| {
            if wanted(name_of_dead(key, replica, &piece)) {
                taken.context.entry(replica).union(&piece);
            }
        });
        taken
    }
}

fn name_of_entry<K: Wire, V: Wire>(key: ContentKey, entry: &super::Entry<K, V>) -> u64 {
    key.name(|body| {
        body.byte(ENTRY);
        entry.write_apart(body);
    })
}

fn name_of_dead(key: ContentKey, replica: ReplicaId, piece: &Runs) -> u64 {
    key.name(|body| {
        body.byte(DEAD);
        body.raw(replica.as_bytes());
        piece.write_to(body);
    })
}

impl<K, V> DotMap<K, V> {
    /// The dead dots, piece by piece.
    fn each_dead_piece(&self, mut each: impl FnMut(ReplicaId, Runs)) {
        for (replica, seen) in self.context.entries() {
            let dead = seen.difference(&self.columns.runs_among(replica, seen));
            each_piece(&dead, |piece| each(replica, piece));
        }
    }
}

/// Cuts runs where blocks begin and end. Cost: O(runs), and for each that is wider than a block
/// twice the logarithm of its width.
fn each_piece(dead: &Runs, mut each: impl FnMut(Runs)) {
    let mut block = Runs::default();
    let block_of = |counter: u64| (counter - 1) / BLOCK;
    for run in dead.iter() {
        let (mut first, last) = run.into_inner();
        while first <= last {
            if !block.is_empty() && block_of(block.max()) != block_of(first) {
                each(core::mem::take(&mut block));
            }
            let whole = whole_blocks(first, last);
            let end =
                if whole > 0 { first + whole - 1 } else { last.min((block_of(first) + 1) * BLOCK) };
            block.push(first..=end);
            if whole > 0 {
                each(core::mem::take(&mut block));
            }
            first = end + 1;
        }
    }
    if !block.is_empty() {
        each(block);
    }
}

/// The greatest power of two of counters, a block at least, that begins at `first`, is aligned to
/// its size and does not go beyond `last`; 0 if there is none.
fn whole_blocks(first: u64, last: u64) -> u64 {
    let (start, length) = (first - 1, last - first + 1);
    if start % BLOCK != 0 || length < BLOCK {
        return 0;
    }
    let fitting = 1 << length.ilog2();
    if start == 0 { fitting } else { fitting.min(1 << start.trailing_zeros()) }
}

#[cfg(test)]
mod tests {
    use super::{BLOCK, Runs, each_piece};
    use alloc::vec::Vec;

    fn pieces(runs: &[(u64, u64)]) -> Vec<Vec<(u64, u64)>> {
        let mut dead = Runs::default();
        for (first, last) in runs {
            dead.push(*first..=*last);
        }
        let mut pieces = Vec::new();
        let mut united = Runs::default();
        each_piece(&dead, |piece| {
            united.union(&piece);
            pieces.push(piece.iter().map(core::ops::RangeInclusive::into_inner).collect());
        });
        assert_eq!(united, dead);
        pieces
    }

    #[test]
    fn dead_dots_are_told_by_the_block() {
        assert_eq!(pieces(&[(1, 3), (7, 7)]), [[(1, 3), (7, 7)]]);
        assert_eq!(pieces(&[(4096, 4097)]), [[(4096, 4096)], [(4097, 4097)]]);
        assert_eq!(pieces(&[(2, 8194)]), [[(2, 4096)], [(4097, 8192)], [(8193, 8194)]]);
    }

    #[test]
    fn whole_blocks_are_gathered_by_powers_of_two() {
        assert_eq!(pieces(&[(1, 3 * BLOCK)]), [[(1, 2 * BLOCK)], [(2 * BLOCK + 1, 3 * BLOCK)]]);
        assert_eq!(pieces(&[(1, 1 << 48)]).len(), 1);
        assert!(pieces(&[(2, (1 << 48) - 1)]).len() < 80);
    }
}
