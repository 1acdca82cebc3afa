//! A `merge_observed` that reports every element of a new dot, also where the element was there.
//!
//! An application that counts what appears counts too much.

use std::collections::BTreeSet;

use super::toys::or_set::{Design, OrSet};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AdditionsReportedAgain;

impl Design for AdditionsReportedAgain {
    fn brought(before: &OrSet<Self>, after: &OrSet<Self>) -> BTreeSet<u8> {
        let new = after.live.iter().filter(|(dot, _)| !before.live.contains_key(dot));
        new.map(|(_, element)| *element).collect()
    }
}
