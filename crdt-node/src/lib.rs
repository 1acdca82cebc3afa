//! Regions that each write locally and converge: what `cargo xtask demo` runs.
//!
//! - [`operations`]: the file of operations, read and checked whole before anything runs;
//! - [`state`]: what a region holds, one document, in the words of such a file;
//! - [`region`]: the process of one region: a replica of the document, its store and its links;
//! - [`control`]: the lines that a supervisor and its regions exchange;
//! - [`supervisor`]: runs a file of operations over one process per region.

pub mod config;
pub mod control;
pub mod engine;
pub mod http;
pub mod operations;
pub mod region;
pub mod serve;
pub mod state;
pub mod store;
pub mod supervisor;

/// The examples of the front page, which nobody's crate but this one can run: it has all the types.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
