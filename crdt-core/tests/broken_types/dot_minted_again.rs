//! A write whose dot comes after those that are live, and not after all that were seen: a counter that
//! is read from where it is not kept, as after a crash or from a cache that is behind.
//!
//! Once the last element of a replica is removed, the next one that it adds bears its dot: a dot that
//! is dead, so that nobody else ever has the element.

use std::collections::BTreeSet;

use crdt_core::Dot;

use super::toys::or_set::{Design, OrSet};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct DotMintedAgain;

impl Design for DotMintedAgain {
    fn minted(set: &OrSet<Self>) -> BTreeSet<Dot> {
        set.live.keys().copied().collect()
    }
}
