//! A decomposition into live entries alone.

use crdt_core::{ContentKey, Decompose, Dotted};

use super::toys::view::{Design, Map};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PartsWithoutTheDead;

impl Design for PartsWithoutTheDead {
    fn name_parts(map: &Map, key: ContentKey, each: &mut dyn FnMut(u64)) {
        map.restrict(&map.live()).name_parts(key, each);
    }
}
