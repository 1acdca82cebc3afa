//! A `merge_observed` that returns whether it reported something.
//!
//! A removal that is learned before the addition changes nothing to be seen, and is not persisted.

use super::toys::or_set::Design;

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ChangeOnlyIfReported;

impl Design for ChangeOnlyIfReported {
    fn told_after(reports: usize, _changed: bool) -> bool {
        reports > 0
    }
}
