//! A view that calls every dot live that it has seen.
//!
//! A peer is never told that what it has is dead.

use crdt_core::{CausalContext, Dotted};

use super::toys::view::{Design, Map};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LiveIsAllSeen;

impl Design for LiveIsAllSeen {
    fn live(map: &Map) -> CausalContext {
        map.seen().clone()
    }
}
