//! Which cells a symbol is in (Yang, Gilad, Alizadeh 2024, section 4.2, on the mapping rule).

/// The cells that one symbol is in, ascending: cell 0, and cell i with probability 1 / (1 + i/2).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walk {
    next: u64,
    state: u64,
}

impl Walk {
    /// The walk of the symbol with this hash.
    pub(crate) const fn of(hash: u64) -> Self {
        Self { next: 0, state: hash }
    }

    /// The next cell.
    pub(crate) const fn peek(&self) -> u64 {
        self.next
    }

    /// Goes on to the cell after it.
    ///
    /// The distance is drawn by inverting its distribution, (i + 3/2) (1/√u − 1) for a uniform u, in
    /// integers, so that it is the same on every machine.
    pub(crate) fn advance(&mut self) {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let root = mixed(self.state).isqrt() + 1;
        let gap = u128::from((1 << 32) - root) * u128::from(2 * self.next + 3);
        let gap = gap.div_ceil(2 * u128::from(root)).max(1);
        let gap = u64::try_from(gap).unwrap_or(u64::MAX >> 2);
        // Beyond every cell there will be, and far from overflowing.
        self.next = self.next.saturating_add(gap).min(u64::MAX >> 2);
    }

    /// Whether the symbol is in this cell.
    pub(crate) fn meets(mut self, cell: u64) -> bool {
        while self.next < cell {
            self.advance();
        }
        self.next == cell
    }
}

/// The finalizer of `SplitMix64` (Steele, Lea, Flood 2014).
const fn mixed(state: u64) -> u64 {
    let state = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ state >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ state >> 31
}

#[cfg(test)]
mod tests {
    use super::Walk;

    #[test]
    fn a_symbol_is_in_a_cell_as_often_as_it_should() {
        let hits = |cell| (0..20_000u64).filter(|n| Walk::of(n << 20).meets(cell)).count();
        assert_eq!(hits(0), 20_000);
        for (cell, expected) in [(1, 13_333), (2, 10_000), (8, 4_000), (98, 400)] {
            let found = hits(cell);
            assert!(found.abs_diff(expected) < expected / 10 + 50, "{found} in cell {cell}");
        }
    }

    #[test]
    fn a_walk_always_goes_on_and_never_overflows() {
        let mut walk = Walk::of(7);
        for _ in 0..10_000 {
            let before = walk.peek();
            walk.advance();
            assert!(walk.peek() > before || walk.peek() == u64::MAX >> 2);
        }
    }
}
