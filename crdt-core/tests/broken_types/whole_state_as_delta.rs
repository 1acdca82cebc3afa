//! A `delta_since` that sends the whole state to a peer that lacks any of it.
//!
//! All replicas converge. The bytes of one change are those of everything.

use std::collections::BTreeMap;

use crdt_core::ReplicaId;

use super::toys::tally::{Design, Tally};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct WholeStateAsDelta;

impl Design for WholeStateAsDelta {
    fn delta_since(tally: &Tally<Self>, seen: &BTreeMap<ReplicaId, u64>) -> Tally<Self> {
        let lacking = tally.beyond(seen);
        if lacking.totals.is_empty() { lacking } else { tally.clone() }
    }
}
