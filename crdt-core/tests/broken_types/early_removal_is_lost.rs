//! A merge that takes a removal in only where what it removes has arrived.
//!
//! A removal that comes first has to wait somewhere, and is lost with that place: with its parent in
//! Riak's maps (`riak_dt#99`, #113). Here there is no such place: what is removed is seen, and dead.

use super::toys::or_set::{Correct, Design, OrSet};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct EarlyRemovalIsLost;

impl Design for EarlyRemovalIsLost {
    fn joined(mine: &OrSet<Self>, theirs: &OrSet<Self>) -> OrSet<Self> {
        let right = |set: &OrSet<Self>| OrSet::<Correct>::new(set.live.clone(), set.seen.clone());
        let arrived =
            right(theirs).part(|dot| mine.seen.contains(dot) || theirs.live.contains_key(dot));
        let OrSet { live, seen, .. } = Correct::joined(&right(mine), &arrived);
        OrSet::new(live, seen)
    }
}
