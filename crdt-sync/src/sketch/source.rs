//! The cells of a set.

use alloc::vec::Vec;

use crdt_core::ContentKey;

use super::walk::Walk;

/// What the symbols in a cell come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    /// The exclusive or of the symbols.
    pub(crate) sum: u64,
    /// The exclusive or of their checks.
    pub(crate) check: u32,
    /// How many there are. Only the first cells tell it.
    pub(crate) count: u64,
}

impl Cell {
    /// Whether nothing is in it, as far as can be seen.
    pub(crate) const fn is_empty(&self) -> bool {
        self.sum == 0 && self.check == 0
    }

    /// Puts a symbol in, or takes it out.
    pub(super) fn toggle(&mut self, symbol: &Symbol) {
        self.sum ^= symbol.value;
        self.check ^= symbol.check;
    }
}

/// A symbol on its way through the cells.
#[derive(Clone, Copy, Debug)]
pub(super) struct Symbol {
    pub(super) value: u64,
    pub(super) check: u32,
    pub(super) walk: Walk,
}

impl Symbol {
    #[allow(clippy::cast_possible_truncation, reason = "the upper half is what is taken")]
    pub(super) fn new(key: ContentKey, value: u64) -> Self {
        let hash = key.word(value);
        Self { value, check: (hash >> 32) as u32, walk: Walk::of(hash) }
    }
}

/// A set of symbols, and how many of its cells have been made.
#[derive(Debug)]
pub(crate) struct Source {
    symbols: Vec<Symbol>,
    made: usize,
}

impl Source {
    /// Memory: 32 bytes a symbol. Each symbol should be there once: two cancel out.
    pub(crate) fn new(key: ContentKey, symbols: impl IntoIterator<Item = u64>) -> Self {
        Self {
            symbols: symbols.into_iter().map(|symbol| Symbol::new(key, symbol)).collect(),
            made: 0,
        }
    }

    /// How many cells have been made.
    pub(crate) const fn made(&self) -> usize {
        self.made
    }

    /// The next `more` cells. Cost: one look at every symbol, and at every cell that it is in.
    pub(crate) fn next_cells(&mut self, more: usize) -> Vec<Cell> {
        let mut cells = alloc::vec![Cell::default(); more];
        let first = self.made as u64;
        for symbol in &mut self.symbols {
            while let Some(cell) = usize::try_from(symbol.walk.peek() - first)
                .ok()
                .and_then(|place| cells.get_mut(place))
            {
                cell.sum ^= symbol.value;
                cell.check ^= symbol.check;
                cell.count += 1;
                symbol.walk.advance();
            }
        }
        self.made += more;
        cells
    }
}
