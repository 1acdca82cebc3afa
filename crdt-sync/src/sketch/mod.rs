//! A rateless sketch: which of many 64-bit symbols two sides do not have in common.
//!
//! One side sends cells, one after the other, for as long as the other needs more: about 1.4 cells
//! for each symbol that differs, whatever the number that do not (Yang, Gilad, Alizadeh 2024,
//! *Practical rateless set reconciliation*). A cell is the exclusive or of symbols and of short
//! hashes of them. Each symbol is in cell 0, and in cell i with probability 1 / (1 + i/2); the cells
//! of one side xored with those of the other hold what differs, and one that holds a single symbol
//! gives it away and lets it be taken out of all others.
//!
//! Which cells a symbol is in follows from a hash under a key that was drawn for this exchange, so
//! nobody can prepare symbols that are in the same ones. That paper counts symbols in each cell;
//! here that is done in the first few cells only, where the counts say how many cells it will take.
//! A cell is told to hold one symbol by its check alone, so what is decoded is a guess that has to
//! be verified, by a hash of the whole set.
//!
//! | file | what it answers |
//! |---|---|
//! | `walk` | which cells a symbol is in |
//! | `source` | the cells of a set |
//! | `decoder` | what differs, from the cells of the other side |

mod decoder;
mod source;
mod walk;

pub(crate) use decoder::Decoder;
pub(crate) use source::{Cell, Source};

/// So many cells at the beginning count the symbols in them.
pub(crate) const COUNTED: usize = 48;

/// No exchange takes more cells than this, at either end.
pub(crate) const MOST_CELLS: usize = 1 << 20;
