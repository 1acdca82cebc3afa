#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;

mod author;
mod cell;
mod document;
mod error;
mod index;
mod key;
mod kind;
#[cfg(feature = "quickcheck")]
pub mod model;
mod read;
mod sorted;
mod transaction;
mod value;

pub use crdt_core::wire::Wire;
pub use crdt_core::{
    Admit, AdmitError, CausalContext, Change, Clock, ClockError, Decompose, Delta, Dot,
    DotMapDigest, Dotted, Limits, Merge, Observe, Reading, ReplicaId, Separated, Timestamp,
};
pub use crdt_core::{seed, wire};

pub use author::Author;
#[cfg(feature = "serde")]
pub use document::View;
pub use document::{Conflicts, Content, Document, Item, Kinds, Names};
pub use error::{MoveError, WriteError};
pub use kind::{Kind, ParseKindError};
pub use read::{Counter, Elements, GSet, MvRegister, PnCounter, Register, Set};
pub use transaction::{
    CounterMut, GSetMut, MvRegisterMut, PnCounterMut, RegisterMut, SetMut, Transaction,
};
pub use value::Value;
