//! Parts that are named after the key alone, so that a write is taken for the one it replaces.

use crdt_core::wire::Wire;
use crdt_core::{CausalContext, ContentKey, Dotted};

use super::toys::view::{Design, Map};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PartsNamedByKey;

/// The name of the dead dots, which are one part.
const DEAD: u64 = 0;

fn dead(map: &Map) -> CausalContext {
    map.seen().difference(&map.live())
}

impl Design for PartsNamedByKey {
    fn name_parts(map: &Map, key: ContentKey, each: &mut dyn FnMut(u64)) {
        map.entries().for_each(|entry| each(key.name(|body| entry.key().write_to(body))));
        if !dead(map).is_empty() {
            each(DEAD);
        }
    }

    fn take_parts(map: &Map, key: ContentKey, wanted: &dyn Fn(u64) -> bool) -> Map {
        let is_wanted = |of: &u8| wanted(key.name(|body| of.write_to(body)));
        let entries = map.entries().filter(|entry| is_wanted(entry.key()));
        let mut dots: CausalContext = entries.map(crdt_core::Entry::dot).collect();
        if wanted(DEAD) {
            crdt_core::Merge::merge(&mut dots, dead(map));
        }
        map.restrict(&dots)
    }
}
