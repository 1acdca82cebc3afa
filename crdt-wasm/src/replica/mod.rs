//! A replica of a document: what crdt-sync is, for `ts/replica.ts`.

mod config;
mod event;
mod raw;

pub use config::RawConfig;
pub use raw::RawReplica;
