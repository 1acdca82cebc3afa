#![doc = include_str!("../README.md")]
#![no_std]

#[cfg(feature = "quickcheck")]
extern crate alloc;

mod lww_register;
#[cfg(feature = "quickcheck")]
pub mod model;

pub use crdt_core::wire::{self, Wire};
pub use crdt_core::{
    Admit, AdmitError, Change, Clock, ClockError, ContentKey, Delta, Limits, Merge, Observe,
    Reading, ReplicaId, Timestamp,
};

pub use lww_register::{LwwRegister, LwwRegisterDigest};
