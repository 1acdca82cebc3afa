//! A digest that is the context alone and does not say what is live.
//!
//! Equal contexts do not mean equal states: a removal does not show in one, so nobody hears of it.

use std::collections::BTreeSet;

use super::toys::or_set::{Design, Digest, OrSet};

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct DigestWithoutLive;

impl Design for DigestWithoutLive {
    fn digest(set: &OrSet<Self>) -> Digest {
        Digest { live: BTreeSet::new(), seen: set.seen.clone() }
    }
}
