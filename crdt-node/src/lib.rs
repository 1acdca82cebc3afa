//! Regions that each write locally and converge: what `cargo xtask demo` runs.
//!
//! - [`operations`]: the file of operations, read and checked whole before anything runs;
//! - [`state`]: the named values of every type that a region holds, one lattice;
//! - [`store`]: what a region keeps, so that it can be killed at any moment;
//! - [`region`]: the process of one region: local writes, deltas and digests to its peers;
//! - [`control`]: the lines that a supervisor and its regions exchange;
//! - [`supervisor`]: runs a file of operations over one process per region.

pub mod control;
pub mod operations;
pub mod region;
pub mod state;
pub mod store;
pub mod supervisor;

/// The examples of the front page, which nobody's crate but this one can run: it has all the types.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
