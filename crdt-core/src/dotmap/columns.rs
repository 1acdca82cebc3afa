//! The live dots of each replica in the order of counters, each with the slot of its entry.
//!
//! A column is cut into blocks of 64 counters: a bit for each that is live, and the slots of those in
//! order. So runs are read off the bits, and a walk over a column is one over an array.

use core::ops::RangeInclusive;
use core::slice;

use smallvec::SmallVec;

use crate::context::Runs;
use crate::{CausalContext, Dot, ReplicaId};

#[derive(Clone, Default)]
pub(super) struct Columns {
    /// Sorted by id. Between two mutations no column is empty.
    replicas: SmallVec<[(ReplicaId, Column); 1]>,
    /// How many columns have become empty since the last sweep.
    emptied: usize,
}

static EMPTY: Column = Column { blocks: SmallVec::new_const(), hollow: 0 };

impl Columns {
    pub(super) fn get(&self, dot: Dot) -> Option<u32> {
        self.column(dot.replica).get(dot.counter)
    }

    /// The slots in the order of dots.
    pub(super) fn slots(&self) -> Slots<'_> {
        Slots { columns: self.replicas.iter(), column: EMPTY.range(0..=0) }
    }

    /// The live counters of a replica within a run, with their slots.
    pub(super) fn range(&self, replica: ReplicaId, run: RangeInclusive<u64>) -> Range<'_> {
        self.column(replica).range(run)
    }

    /// The live dots of a replica among these, as runs. Cost: O(runs, and the dots among them / 64).
    pub(super) fn runs_among(&self, replica: ReplicaId, dots: &Runs) -> Runs {
        let mut live = Runs::default();
        let column = self.column(replica);
        dots.iter().for_each(|run| column.push_runs(run, &mut live));
        live
    }

    /// The live dots. Cost: O(live dots / 64 + runs).
    pub(super) fn to_context(&self) -> CausalContext {
        let mut live = CausalContext::new();
        for (replica, column) in &self.replicas {
            let mut runs = Runs::default();
            column.push_runs(0..=u64::MAX, &mut runs);
            live.push(*replica, runs);
        }
        live
    }

    pub(super) fn insert(&mut self, dot: Dot, slot: u32) {
        let place = self.place(dot.replica).unwrap_or_else(|place| {
            self.replicas.insert(place, (dot.replica, Column::default()));
            place
        });
        self.replicas[place].1.insert(dot.counter, slot);
    }

    pub(super) fn remove(&mut self, dot: Dot) -> Option<u32> {
        let place = self.place(dot.replica).ok()?;
        let column = &mut self.replicas[place].1;
        let slot = column.remove(dot.counter);
        self.emptied += usize::from(slot.is_some() && column.is_empty());
        slot
    }

    /// Makes columns for the replicas of these dots, which ascend: all in one pass, where one after
    /// the other would move the columns behind each.
    pub(super) fn open(&mut self, dots: impl Iterator<Item = Dot>) {
        let mut opened: SmallVec<[(ReplicaId, Column); 1]> = SmallVec::new();
        for Dot { replica, .. } in dots {
            let is_last = opened.last().is_some_and(|(last, _)| *last == replica);
            if !is_last && self.place(replica).is_err() {
                opened.push((replica, Column::default()));
            }
        }
        if opened.len() > 1 {
            self.replicas.extend(opened);
            self.replicas.sort_unstable_by_key(|(replica, _)| *replica);
        }
    }

    /// Drops the columns that have become empty, all in one pass.
    pub(super) fn sweep(&mut self) {
        if self.emptied > 0 {
            self.replicas.retain(|(_, column)| !column.is_empty());
            self.emptied = 0;
        }
    }

    /// The slots in the order of dots, to be renamed.
    pub(super) fn slots_mut(&mut self) -> impl Iterator<Item = &mut u32> {
        let blocks = self.replicas.iter_mut().flat_map(|(_, column)| &mut column.blocks);
        blocks.flat_map(|block| &mut block.slots)
    }

    fn column(&self, replica: ReplicaId) -> &Column {
        match self.place(replica) {
            Ok(place) => &self.replicas[place].1,
            Err(_) => &EMPTY,
        }
    }

    fn place(&self, replica: ReplicaId) -> Result<usize, usize> {
        match self.replicas.as_slice() {
            [(only, _)] if *only == replica => Ok(0),
            replicas => replicas.binary_search_by_key(&replica, |(replica, _)| *replica),
        }
    }
}

/// One replica's live counters and the slots of their entries.
#[derive(Clone, Default)]
struct Column {
    /// Ascending by number.
    blocks: SmallVec<[Block; 1]>,
    /// How many blocks have nothing live left. They go when they are more than half.
    hollow: usize,
}

/// The counters from `64 * number` on.
#[derive(Clone)]
struct Block {
    number: u64,
    /// Which are live.
    live: u64,
    /// The slots of those, in order.
    slots: SmallVec<[u32; 4]>,
}

impl Block {
    const fn new(number: u64) -> Self {
        Self { number, live: 0, slots: SmallVec::new_const() }
    }

    /// How many live counters come before the one of this bit.
    const fn rank(&self, bit: u64) -> usize {
        (self.live & (bit - 1)).count_ones() as usize
    }
}

const fn number(counter: u64) -> u64 {
    counter / 64
}

const fn bit(counter: u64) -> u64 {
    1 << (counter % 64)
}

impl Column {
    fn is_empty(&self) -> bool {
        self.hollow == self.blocks.len()
    }

    fn get(&self, counter: u64) -> Option<u32> {
        let block = &self.blocks[self.place(number(counter)).ok()?];
        let bit = bit(counter);
        (block.live & bit != 0).then(|| block.slots[block.rank(bit)])
    }

    /// Constant at the end, else O(log blocks), and O(blocks) where a new one comes between.
    fn insert(&mut self, counter: u64, slot: u32) {
        if let Some(last) = self.blocks.last_mut()
            && last.number == number(counter)
            && 0 < last.live
            && last.live < bit(counter)
        {
            last.live |= bit(counter);
            last.slots.push(slot);
            return;
        }
        let place = self.place(number(counter)).unwrap_or_else(|place| {
            self.blocks.insert(place, Block::new(number(counter)));
            self.hollow += 1;
            place
        });
        let block = &mut self.blocks[place];
        let (bit, was_hollow) = (bit(counter), block.live == 0);
        let rank = block.rank(bit);
        if block.live & bit == 0 {
            block.live |= bit;
            block.slots.insert(rank, slot);
        } else {
            block.slots[rank] = slot;
        }
        self.hollow -= usize::from(was_hollow);
    }

    fn remove(&mut self, counter: u64) -> Option<u32> {
        let place = self.place(number(counter)).ok()?;
        let block = &mut self.blocks[place];
        let bit = bit(counter);
        if block.live & bit == 0 {
            return None;
        }
        let slot = block.slots.remove(block.rank(bit));
        block.live &= !bit;
        if block.live == 0 {
            block.slots = SmallVec::new();
            self.hollow += 1;
            if self.hollow > self.blocks.len() / 2 {
                self.blocks.retain(|block| block.live != 0);
                self.hollow = 0;
            }
        }
        Some(slot)
    }

    fn range(&self, run: RangeInclusive<u64>) -> Range<'_> {
        let (first, last) = run.into_inner();
        let place = self.place(number(first)).unwrap_or_else(|place| place);
        let mut blocks = self.blocks[place..].iter();
        let mut range = Range { block: 0, live: 0, slots: [].iter(), blocks: blocks.clone(), last };
        if let Some(block) = blocks.next().filter(|block| block.number == number(first)) {
            let (live, slots) = (block.live & !(bit(first) - 1), &block.slots);
            let slots = slots[block.rank(bit(first))..].iter();
            range = Range { block: block.number, live, slots, blocks, last };
        }
        range
    }

    /// Adds the live counters within a run to runs that end before it.
    fn push_runs(&self, run: RangeInclusive<u64>, runs: &mut Runs) {
        let (first, last) = run.into_inner();
        let place = self.place(number(first)).unwrap_or_else(|place| place);
        for block in self.blocks[place..].iter().take_while(|block| block.number <= number(last)) {
            let mut live = block.live;
            if block.number == number(first) {
                live &= !(bit(first) - 1);
            }
            if block.number == number(last) {
                live &= bit(last) | (bit(last) - 1);
            }
            while live != 0 {
                let first = live.trailing_zeros();
                let after = first + (live >> first).trailing_ones();
                let start = 64 * block.number;
                runs.push(start + u64::from(first)..=start + u64::from(after) - 1);
                live &= u64::MAX.checked_shl(after).unwrap_or(0);
            }
        }
    }

    fn place(&self, number: u64) -> Result<usize, usize> {
        match self.blocks.last() {
            Some(last) if last.number == number => Ok(self.blocks.len() - 1),
            Some(last) if last.number < number => Err(self.blocks.len()),
            _ => self.blocks.binary_search_by_key(&number, |block| block.number),
        }
    }
}

/// The live counters of a column within bounds, ascending, with their slots.
#[derive(Clone)]
pub(super) struct Range<'a> {
    block: u64,
    /// Those of the block that are still to come.
    live: u64,
    slots: slice::Iter<'a, u32>,
    blocks: slice::Iter<'a, Block>,
    last: u64,
}

impl Iterator for Range<'_> {
    type Item = (u64, u32);

    fn next(&mut self) -> Option<(u64, u32)> {
        while self.live == 0 {
            let block = self.blocks.next()?;
            (self.block, self.live, self.slots) = (block.number, block.live, block.slots.iter());
        }
        let counter = 64 * self.block + u64::from(self.live.trailing_zeros());
        if counter > self.last {
            return None;
        }
        self.live &= self.live - 1;
        self.slots.next().map(|slot| (counter, *slot))
    }
}

/// The slots of all columns, in the order of dots.
#[derive(Clone)]
pub(super) struct Slots<'a> {
    columns: slice::Iter<'a, (ReplicaId, Column)>,
    column: Range<'a>,
}

impl Iterator for Slots<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        loop {
            if let Some((_, slot)) = self.column.next() {
                return Some(slot);
            }
            self.column = self.columns.next()?.1.range(0..=u64::MAX);
        }
    }
}
