#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;

mod error;
mod fmt;
mod g_counter;
mod lattice;
#[cfg(feature = "quickcheck")]
pub mod model;
mod pn_counter;
mod resettable_counter;
#[cfg(feature = "serde")]
mod serde;
mod tallies;

pub use crdt_core::wire::Wire;
pub use crdt_core::{Admit, AdmitError, Change, Delta, Limits, Merge, Observe, ReplicaId};
pub use crdt_core::{seed, wire};

pub use error::CounterOverflow;
pub use g_counter::GCounter;
pub use pn_counter::PnCounter;
pub use resettable_counter::ResettableCounter;
