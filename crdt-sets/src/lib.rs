#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;

mod g_set;
#[cfg(feature = "quickcheck")]
pub mod model;
mod or_set;

pub use crdt_core::wire::Wire;
pub use crdt_core::{
    Admit, AdmitError, CausalContext, Change, ContentKey, Delta, Dot, DotMapDigest, Key, Limits,
    Merge, Observe, ReplicaId,
};
pub use crdt_core::{seed, wire};

pub use g_set::{GSet, GSetDigest};
pub use or_set::{Iter as OrSetIter, OrSet};
