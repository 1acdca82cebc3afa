//! A counter whose merge adds up.
//!
//! What arrives twice counts twice.

use super::toys::tally::Design;

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AddingMerge;

impl Design for AddingMerge {
    fn joined(mine: u64, theirs: u64) -> u64 {
        mine.saturating_add(theirs)
    }
}
