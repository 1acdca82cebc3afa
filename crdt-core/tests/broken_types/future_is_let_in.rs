//! A separation that lets in what it should hold back.

use crdt_core::Timestamp;

use super::toys::view::{Design, Map};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FutureIsLetIn;

impl Design for FutureIsLetIn {
    fn split(_: &Map, incoming: Map, _: impl Fn(&Timestamp) -> bool) -> (Map, Map) {
        (incoming, Map::new())
    }
}
