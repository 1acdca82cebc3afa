//! A region to run, and a demonstration of three.
//!
//! A node, which `crdt-node run` is:
//!
//! - [`config`]: how it is set up: peers, scopes, tokens, limits;
//! - [`store`]: what it keeps of its documents, so that it can be killed at any moment;
//! - [`engine`]: the one owner of all its documents: reads, writes, links;
//! - [`http`]: what it answers, and the protocol over `WebSocket`s;
//! - [`metrics`]: what is measured of all that;
//! - [`tls`]: what connections are encrypted with;
//! - `nats`, with the feature of that name: NATS between regions;
//! - `console`: its page, for a browser;
//! - [`serve`]: the process.
//!
//! The demonstration, which `cargo xtask demo` runs:
//!
//! - [`operations`]: the file of operations, read and checked whole before anything runs;
//! - [`supervisor`]: runs a file of operations over one node per region, each a process of its own.

pub mod config;
mod console;
pub mod engine;
pub mod http;
pub mod metrics;
#[cfg(feature = "nats")]
pub mod nats;
pub mod operations;
pub mod serve;
pub mod store;
pub mod supervisor;
pub mod tls;

/// The examples of the front page, which nobody's crate but this one can run: it has all the types.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}
