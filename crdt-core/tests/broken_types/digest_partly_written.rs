//! A digest that is written without the totals of all but one replica.
//!
//! What is read is written the same again, and the peer is sent what it has.

use super::toys::tally::{Design, Totals};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct DigestPartlyWritten;

impl Design for DigestPartlyWritten {
    fn digest_written(totals: &Totals) -> Totals {
        totals.iter().take(1).map(|(replica, total)| (*replica, *total)).collect()
    }
}
