#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;
#[cfg(any(test, feature = "simulate"))]
extern crate std;

mod config;
mod dictionary;
mod durability;
mod error;
mod event;
mod fault;
mod holding;
mod incarnation;
mod known;
mod lag;
mod lattice;
mod link;
mod message;
mod opening;
mod peer;
mod pieces;
mod random;
mod ranges;
mod reconcile;
mod record;
mod recovery;
mod replica;
mod scopes;
mod seal;
#[cfg(feature = "simulate")]
pub mod simulation;
mod sketch;
mod sorted;
mod token;
mod transfer;

pub use config::Config;
pub use durability::Durability;
pub use error::{
    OpenError, QuarantineError, ReceiveError, SnapshotError, StoredError, TryWriteError, WriteError,
};
pub use event::Event;
pub use incarnation::Incarnation;
pub use lag::{Lag, Level};
pub use lattice::Lattice;
pub use message::Message;
pub use opening::Opening;
pub use peer::Peer;
pub use reconcile::ProbeError;
pub use record::{Record, Snapshot};
pub use replica::Replica;
pub use scopes::{Holders, RelocateError, ScopeError, Scopes};
pub use token::{ParseTokenError, Token};

/// The protocol's major version: replicas with different ones do not talk.
pub const MAJOR: u8 = 1;

/// The newest minor version of the protocol. Replicas use the lesser of the two that they speak.
pub const MINOR: u8 = 1;
