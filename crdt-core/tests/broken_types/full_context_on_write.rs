//! The delta of a write carries the whole context of its writer.
//!
//! Whoever merges it loses everything that the delta does not repeat.

use std::collections::BTreeSet;

use crdt_core::Dot;

use super::toys::or_set::{Design, OrSet};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FullContextOnWrite;

impl Design for FullContextOnWrite {
    fn context(set: &OrSet<Self>, minted: Option<Dot>, _: &[Dot]) -> BTreeSet<Dot> {
        set.seen.iter().copied().chain(minted).collect()
    }
}
