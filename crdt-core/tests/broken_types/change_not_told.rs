//! A merge that says whether elements changed, and keeps quiet about dots.
//!
//! A replica that learns of a removal before the addition does not persist it.

use super::toys::or_set::{Design, OrSet};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ChangeNotTold;

impl Design for ChangeNotTold {
    fn told(before: &OrSet<Self>, after: &OrSet<Self>) -> bool {
        before.live != after.live
    }
}
