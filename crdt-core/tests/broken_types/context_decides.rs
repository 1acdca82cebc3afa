//! A merge that leaves everything as it is when the other side has seen nothing new: the second short
//! cut of Riak's (`riak_dt#78`), whose comparison also held for equal clocks.
//!
//! A removal is nothing new to see, so it is never taken in.

use super::toys::or_set::{Correct, Design, OrSet};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ContextDecides;

impl Design for ContextDecides {
    fn joined(mine: &OrSet<Self>, theirs: &OrSet<Self>) -> OrSet<Self> {
        if mine.seen.is_superset(&theirs.seen) {
            return mine.clone();
        }
        let right = |set: &OrSet<Self>| OrSet::<Correct>::new(set.live.clone(), set.seen.clone());
        let OrSet { live, seen, .. } = Correct::joined(&right(mine), &right(theirs));
        OrSet::new(live, seen)
    }
}
