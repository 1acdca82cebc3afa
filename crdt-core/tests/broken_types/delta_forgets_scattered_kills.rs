//! A `delta_since` that looks through at most three runs of the dots that live at the peer.
//!
//! What is dead here and lives there in a fourth run stays there for good. It takes a peer that has
//! missed much of what one replica wrote.

use std::collections::BTreeMap;

use crdt_core::Dot;

use super::toys::or_set::{Correct, Design, Digest, OrSet};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct DeltaForgetsScatteredKills;

impl Design for DeltaForgetsScatteredKills {
    fn delta_since(set: &OrSet<Self>, peer: &Digest) -> OrSet<Self> {
        let mut peer = peer.clone();
        if runs_of_one_replica(&peer) > 3 {
            peer.live.clear();
        }
        let right = OrSet::<Correct>::new(set.live.clone(), set.seen.clone());
        let answer = Correct::delta_since(&right, &peer);
        OrSet::new(answer.live, answer.seen)
    }
}

/// The most runs that the live dots of one replica fall into.
fn runs_of_one_replica(peer: &Digest) -> usize {
    let begins_a_run = |dot: &Dot| {
        let before = Dot::new(dot.replica(), dot.counter() - 1);
        before.is_none_or(|before| !peer.live.contains(&before))
    };
    let mut runs = BTreeMap::new();
    for first in peer.live.iter().filter(|dot| begins_a_run(dot)) {
        *runs.entry(first.replica()).or_insert(0) += 1;
    }
    runs.into_values().max().unwrap_or(0)
}
