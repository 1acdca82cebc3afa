//! The answer to a digest omits the elements that the peer has, and still carries the whole
//! context.
//!
//! The peer takes what is omitted for removed.

use super::toys::or_set::{Correct, Design, Digest, OrSet};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FullContextOnAnswer;

impl Design for FullContextOnAnswer {
    fn delta_since(set: &OrSet<Self>, peer: &Digest) -> OrSet<Self> {
        let right = OrSet::<Correct>::new(set.live.clone(), set.seen.clone());
        let answer = Correct::delta_since(&right, peer);
        if answer == OrSet::default() {
            return OrSet::default();
        }
        OrSet::new(answer.live, set.seen.clone())
    }
}
