//! A view whose kills are lost on the way.

use crdt_core::CausalContext;

use super::toys::view::{Design, Map};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct DeadClaimsNothing;

impl Design for DeadClaimsNothing {
    fn dead(_: CausalContext) -> Map {
        Map::new()
    }
}
