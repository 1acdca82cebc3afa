//! A renewal that writes anew and goes on claiming the old dots: as dead, so that it kills what the
//! other copy wrote under them.

use crdt_core::{Admit, CausalContext, Dotted, Merge, ReplicaId};

use super::toys::view::{Design, Map};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RenewalSkipsAhead;

impl Design for RenewalSkipsAhead {
    fn renew(map: &mut Map, from: ReplicaId, to: ReplicaId, mark: &Map) -> Map {
        let mut claimed = CausalContext::new();
        claimed.insert_run(from, 1..=map.seen().max(from));
        let delta = map.renew(from, to, mark);
        map.merge(Map::dead(claimed));
        delta
    }
}
