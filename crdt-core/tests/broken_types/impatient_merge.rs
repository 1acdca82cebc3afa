//! A merge that insists on having the writes of a replica without gaps.
//!
//! Where a delta was lost, the next one stops the program.

use std::collections::BTreeSet;

use crdt_core::Dot;

use super::toys::or_set::{Correct, Design};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ImpatientMerge;

impl Design for ImpatientMerge {
    fn united(mine: &BTreeSet<Dot>, theirs: &BTreeSet<Dot>) -> BTreeSet<Dot> {
        let united = Correct::united(mine, theirs);
        for dot in &united {
            let before = Dot::new(dot.replica(), dot.counter() - 1);
            assert!(before.is_none_or(|before| united.contains(&before)), "a delta is missing");
        }
        united
    }
}
