//! A digest that is read one too high.
//!
//! A peer asks for what it lacks and is not sent the last of it.

use super::toys::tally::{Design, Totals};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct DigestMisread;

impl Design for DigestMisread {
    fn digest_read(mut totals: Totals) -> Totals {
        for total in totals.values_mut() {
            *total += 1;
        }
        totals
    }
}
