//! A write that supersedes older ones of its element at home and forgets to say so in its delta.
//!
//! Elsewhere the older writes stay, and a removal that saw only this one does not remove them.

use std::collections::BTreeSet;

use crdt_core::Dot;

use super::toys::or_set::{Correct, Design, OrSet};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ForgetfulWrite;

impl Design for ForgetfulWrite {
    fn context(_: &OrSet<Self>, minted: Option<Dot>, killed: &[Dot]) -> BTreeSet<Dot> {
        let said = if minted.is_some() { &[] } else { killed };
        Correct::context(&OrSet::default(), minted, said)
    }
}
