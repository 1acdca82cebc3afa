//! An `admit` that lets everything pass.
//!
//! A copy that was restored counts on from an old total, and what it counts is lost.

use super::toys::tally::Design;

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AdmitEverything;

impl Design for AdmitEverything {
    fn admits(_claimed: u64, _mine: u64) -> bool {
        true
    }
}
