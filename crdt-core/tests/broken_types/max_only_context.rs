//! A context that keeps the greatest counter of each replica alone.
//!
//! A replica's second delta that arrives before its first claims the first, which is then taken
//! for removed when it arrives.

use std::collections::BTreeSet;

use crdt_core::Dot;

use super::toys::or_set::{Correct, Design};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct MaxOnlyContext;

impl Design for MaxOnlyContext {
    fn united(mine: &BTreeSet<Dot>, theirs: &BTreeSet<Dot>) -> BTreeSet<Dot> {
        let exact = Correct::united(mine, theirs);
        let up_to = |dot: &Dot| {
            let replica = dot.replica();
            (1..=dot.counter()).filter_map(move |counter| Dot::new(replica, counter))
        };
        exact.iter().flat_map(up_to).collect()
    }
}
