//! An `admit` that takes a replica's own total for forged unless it is below the present one.
//!
//! What a peer sends back of the last increment is refused, and the rest of the message with it.

use super::toys::tally::Design;

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AdmitShunsEchoes;

impl Design for AdmitShunsEchoes {
    fn admits(claimed: u64, mine: u64) -> bool {
        claimed == 0 || claimed < mine
    }
}
