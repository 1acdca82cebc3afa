#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;

mod lww_register;
#[cfg(feature = "quickcheck")]
pub mod model;
mod mv_register;

pub use crdt_core::wire::Wire;
pub use crdt_core::{
    Admit, AdmitError, CausalContext, Change, Clock, ClockError, ContentKey, Delta, Dot,
    DotMapDigest, Limits, Merge, Observe, Reading, ReplicaId, Timestamp, Value,
};
pub use crdt_core::{seed, wire};

pub use lww_register::{LwwRegister, LwwRegisterDigest};
pub use mv_register::MvRegister;
