//! A separation after which nobody tells that the value which a waiting one replaces is dead.

use crdt_core::{Dotted, Timestamp};

use super::toys::view::{Design, Map};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct WaitingKillsAreLost;

impl Design for WaitingKillsAreLost {
    fn split(map: &Map, incoming: Map, waits: impl Fn(&Timestamp) -> bool) -> (Map, Map) {
        let (now, later) = map.split(incoming, |entry| waits(entry.value()));
        let live = later.live();
        (now, later.restrict(&live))
    }
}
