//! A register that keeps its own value when two were written at the same instant.
//!
//! Both sides keep theirs, for good.

use std::cmp::Ordering;

use crdt_core::{ReplicaId, Timestamp};

use super::toys::register::Tie;

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LocalWinsTie;

impl Tie for LocalWinsTie {
    fn order(mine: &(Timestamp, ReplicaId, u8), theirs: &(Timestamp, ReplicaId, u8)) -> Ordering {
        mine.0.cmp(&theirs.0)
    }
}
