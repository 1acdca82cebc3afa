#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![allow(
    missing_docs,
    clippy::missing_errors_doc,
    reason = "what is exported is for the TypeScript over it, which has the documentation"
)]

extern crate alloc;

mod codes;
#[cfg(feature = "replica")]
mod document;
mod failure;
mod lattice;
#[cfg(feature = "replica")]
mod replica;
mod scratch;
mod types;
mod values;

use wasm_bindgen::prelude::*;

pub use scratch::RawScratch;
pub use types::{
    RawClock, RawGCounter, RawGSet, RawLwwRegister, RawMvRegister, RawOrSet, RawPnCounter,
};
#[cfg(feature = "replica")]
pub use {
    document::RawDocument,
    replica::{RawConfig, RawReplica},
};

/// Keys the hash indexes and the digests: to be called once, with fresh random bits.
#[wasm_bindgen(js_name = seed)]
pub fn seed(low: u64, high: u64) {
    crdt_core::seed::set([low, high]);
}
