#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;

mod g_set;
#[cfg(feature = "quickcheck")]
pub mod model;

pub use crdt_core::wire::{self, Wire};
pub use crdt_core::{
    Admit, AdmitError, Change, ContentKey, Delta, Limits, Merge, Observe, ReplicaId,
};

pub use g_set::{GSet, GSetDigest};
