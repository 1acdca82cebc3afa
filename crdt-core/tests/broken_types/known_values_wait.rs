//! A separation that holds back what is here already, or dead.

use crdt_core::{Merge, Timestamp};

use super::toys::view::{Design, Map};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct KnownValuesWait;

impl Design for KnownValuesWait {
    fn split(map: &Map, incoming: Map, waits: impl Fn(&Timestamp) -> bool) -> (Map, Map) {
        let (mut now, mut later) = map.split(incoming, |entry| waits(entry.value()));
        // As if nothing had been seen here.
        let (rest, known) = Map::new().split(now, |entry| waits(entry.value()));
        now = rest;
        later.merge(known);
        (now, later)
    }
}
