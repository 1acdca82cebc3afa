//! A hash of which dots were seen instead of which are live.
//!
//! Of dots in common that is the same on both sides, so what the other removed stays for good.

use crdt_core::{CausalContext, ContentKey, Dotted};

use super::toys::view::{Design, Map};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ContentOfWhatWasSeen;

impl Design for ContentOfWhatWasSeen {
    fn content(map: &Map, key: ContentKey, dots: &CausalContext) -> u128 {
        key.hash(&map.seen().intersection(dots))
    }
}
