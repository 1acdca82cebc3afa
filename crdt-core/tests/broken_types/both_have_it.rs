//! A merge that keeps an element because both sides have it, by whatever dots: the first of two short
//! cuts that Riak took (`riak_dt#82`).
//!
//! One side has removed the element and added it again. The dot that it removed stays.

use super::toys::or_set::{Correct, Design, OrSet};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct BothHaveIt;

impl Design for BothHaveIt {
    fn joined(mine: &OrSet<Self>, theirs: &OrSet<Self>) -> OrSet<Self> {
        let right = |set: &OrSet<Self>| OrSet::<Correct>::new(set.live.clone(), set.seen.clone());
        let OrSet { mut live, seen, .. } = Correct::joined(&right(mine), &right(theirs));
        let all = mine.live.iter().chain(&theirs.live);
        let in_both = |element| mine.has(element) && theirs.has(element);
        live.extend(all.filter(|(_, element)| in_both(**element)));
        OrSet::new(live, seen)
    }
}
