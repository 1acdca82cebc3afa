//! A restriction that holds live entries only, and a digest of live dots that has all of them.
//!
//! What is dead among the dots that a peer has not seen is not told, and what the peer hears of them
//! from elsewhere comes alive.

use crdt_core::{CausalContext, Dotted};

use super::toys::view::{Design, Map};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RestrictForgetsTheDead;

impl Design for RestrictForgetsTheDead {
    fn restrict(map: &Map, dots: &CausalContext) -> Map {
        map.restrict(&dots.intersection(&map.live()))
    }
}
