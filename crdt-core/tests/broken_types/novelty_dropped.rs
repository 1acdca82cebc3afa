//! A `merge_novel` that returns the new elements and drops the removals.
//!
//! A replica that forwards only what was novel never forwards a removal.

use super::toys::or_set::{Correct, Design, OrSet};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct NoveltyDropped;

impl Design for NoveltyDropped {
    fn novel(set: &OrSet<Self>, incoming: &OrSet<Self>) -> OrSet<Self> {
        let digest = Correct::digest(&OrSet::new(set.live.clone(), set.seen.clone()));
        incoming.part(|dot| !digest.seen.contains(dot))
    }
}
