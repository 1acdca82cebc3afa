//! What differs, from the cells of the other side.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crdt_core::ContentKey;

use super::COUNTED;
use super::source::{Cell, Source, Symbol};

/// Takes cells of the other side and finds the symbols that one of the two has and the other not.
#[derive(Debug)]
pub(crate) struct Decoder {
    key: ContentKey,
    own: Source,
    /// No symbol is above this.
    greatest: u64,
    /// What differs, less what has been found.
    cells: Vec<Cell>,
    /// What has been found, on its way through cells that are still to come.
    found: Vec<Symbol>,
    values: BTreeSet<u64>,
    estimate: u64,
}

impl Decoder {
    /// For a set of one's own; `greatest` is the greatest symbol that either side can
    /// have.
    pub(crate) fn new(key: ContentKey, own: impl IntoIterator<Item = u64>, greatest: u64) -> Self {
        Self {
            key,
            own: Source::new(key, own),
            greatest,
            cells: Vec::new(),
            found: Vec::new(),
            values: BTreeSet::new(),
            estimate: 0,
        }
    }

    /// How many cells have been taken.
    pub(crate) fn taken(&self) -> usize {
        self.cells.len()
    }

    /// How many symbols may differ in all, by the counts of the first cells.
    pub(crate) const fn estimate(&self) -> u64 {
        self.estimate
    }

    /// Takes the next cells and finds what can be found. Cost: O(symbols), and O(log cells) for
    /// each that differs.
    pub(crate) fn take(&mut self, mut cells: Vec<Cell>) {
        let before = self.cells.len();
        let mine = self.own.next_cells(cells.len());
        if before == 0 {
            self.estimate = estimate(&mine, &cells);
        }
        for (cell, mine) in cells.iter_mut().zip(mine) {
            cell.sum ^= mine.sum;
            cell.check ^= mine.check;
        }
        self.cells.append(&mut cells);
        for symbol in &mut self.found {
            walk_out(&mut self.cells, symbol, |_| ());
        }
        self.peel((before..self.cells.len()).collect());
    }

    /// Whether nothing is left that has not been found.
    pub(crate) fn is_done(&self) -> bool {
        self.cells.first().is_some_and(Cell::is_empty)
    }

    /// What has been found, ascending.
    pub(crate) const fn found(&self) -> &BTreeSet<u64> {
        &self.values
    }

    /// Takes symbols out of cells that hold nothing else, which leaves others alone in theirs.
    fn peel(&mut self, mut suspects: Vec<usize>) {
        while let Some(place) = suspects.pop() {
            // More than there are cells cannot be decoded from them: a forger's cells may go round.
            if self.found.len() >= self.cells.len() {
                return;
            }
            let Some(mut symbol) = self.alone_in(place) else { continue };
            if self.values.insert(symbol.value) {
                walk_out(&mut self.cells, &mut symbol, |touched| suspects.push(touched));
                self.found.push(symbol);
            }
        }
    }

    fn alone_in(&self, place: usize) -> Option<Symbol> {
        let cell = self.cells[place];
        if cell.is_empty() || cell.sum > self.greatest {
            return None;
        }
        let symbol = Symbol::new(self.key, cell.sum);
        (symbol.check == cell.check && symbol.walk.meets(place as u64)).then_some(symbol)
    }
}

/// Takes a symbol out of all cells that there are and that it has not passed.
fn walk_out(cells: &mut [Cell], symbol: &mut Symbol, mut touched: impl FnMut(usize)) {
    while let Some((place, cell)) = usize::try_from(symbol.walk.peek())
        .ok()
        .and_then(|place| Some((place, cells.get_mut(place)?)))
    {
        cell.toggle(symbol);
        touched(place);
        symbol.walk.advance();
    }
}

/// How many symbols differ, from how the counts of two sides do.
///
/// Where `net` is by how many one side has more, the counts of cell i differ by net · 2/(2 + i) in
/// the mean; and their variance, d · 2i/(2 + i)² for d symbols that differ, tells d.
fn estimate(mine: &[Cell], theirs: &[Cell]) -> u64 {
    let differences = mine
        .iter()
        .zip(theirs)
        .take(COUNTED)
        .map(|(mine, theirs)| i128::from(mine.count) - i128::from(theirs.count));
    let differences: Vec<i128> = differences.collect();
    let Some(net) = differences.first().copied() else { return 0 };
    let spread = (1i128..).zip(&differences[1..]).map(|(i, difference)| {
        let off = difference.saturating_mul(2 + i).saturating_sub(2 * net);
        off.saturating_mul(off) / (2 * i)
    });
    let spread = spread.fold(0, i128::saturating_add);
    let cells = i128::try_from(differences.len() - 1).unwrap_or(1).max(1);
    u64::try_from((spread / cells).max(net.abs())).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{ContentKey, Decoder};
    use crate::sketch::{Cell, Source};
    use alloc::collections::BTreeSet;
    use alloc::vec::Vec;
    use std::println;

    const BOUND: u64 = 1 << 40;

    /// The symbols that differ are every `step`-th of two sides; how many cells that took.
    fn cells_for(key: u128, common: u64, mine: u64, theirs: u64) -> (usize, u64) {
        let key = ContentKey::from_u128(key);
        let shared = (0..common).map(|n| n * 1_000_003 % BOUND);
        let only = |from: u64, many| (0..many).map(move |n| (from + n) << 21 | 1);
        let here: Vec<u64> = shared.clone().chain(only(1, mine)).collect();
        let there: Vec<u64> = shared.chain(only(100_000, theirs)).collect();
        let mut source = Source::new(key, there);
        let mut decoder = Decoder::new(key, here, BOUND);
        let mut estimate = 0;
        while !decoder.is_done() {
            decoder.take(source.next_cells(48 + decoder.taken() / 16));
            estimate = decoder.estimate();
            assert!(decoder.taken() < 100_000);
        }
        let expected: BTreeSet<u64> = only(1, mine).chain(only(100_000, theirs)).collect();
        assert_eq!(*decoder.found(), expected);
        (decoder.taken(), estimate)
    }

    #[test]
    fn what_differs_is_found_in_about_one_and_a_half_cells_each() {
        for (mine, theirs) in [(0, 0), (1, 0), (3, 4), (100, 100), (1_000, 0), (700, 1_300)] {
            for key in 1..=5 {
                let (cells, estimate) = cells_for(key, 5_000, mine, theirs);
                let differing = usize::try_from(mine + theirs).expect("few");
                println!("{differing} differ: {cells} cells, estimated {estimate}");
                assert!(cells <= 96 + differing * 8 / 5, "{cells} cells for {differing}");
                let (least, most) = (differing / 3, 3 * differing + 8);
                assert!((least..=most).contains(&usize::try_from(estimate).expect("few")));
            }
        }
    }

    #[test]
    fn forged_cells_are_given_up() {
        let key = ContentKey::from_u128(1);
        for seed in 0..200u64 {
            let mut decoder = Decoder::new(key, 0..100, (1 << 17) - 1);
            let cells = (0..64).map(|n| Cell {
                sum: key.word(seed << 8 | n) >> (47 + seed % 10),
                check: if n % 2 == 0 { 0 } else { u32::MAX },
                count: u64::MAX >> (seed % 64),
            });
            decoder.take(cells.collect());
            decoder.take(Source::new(key, 0..100 + seed).next_cells(200));
            assert!(decoder.found().len() <= decoder.taken());
        }
    }
}
