//! A merge that names what it changes and returns nothing of it, so that it is not forwarded.

use crdt_core::Merge;

use super::toys::view::{Design, Map};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct NamingDropsNovelty;

impl Design for NamingDropsNovelty {
    fn merge_naming(map: &mut Map, other: Map, name: &mut dyn FnMut(&str)) -> Map {
        if map.merge(other) {
            name("changed");
        }
        Map::new()
    }
}
