#![doc = include_str!("../README.md")]
#![no_std]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod admit;
#[cfg(feature = "quickcheck")]
mod arbitrary;
mod clock;
mod content_hash;
mod context;
mod delta;
mod dot;
mod dotmap;
#[cfg(feature = "quickcheck")]
pub mod laws;
mod merge;
#[cfg(feature = "quickcheck")]
pub mod model;
mod observe;
mod products;
mod reconcile;
mod replica;
pub mod seed;
pub mod wire;

pub use admit::{Admit, AdmitError, Limits, Separated};
pub use clock::{Clock, ClockError, ParseTimestampError, Reading, Timestamp};
pub use content_hash::ContentKey;
pub use context::CausalContext;
pub use delta::Delta;
pub use dot::Dot;
pub use dotmap::{DotMap, DotMapDigest, Entry, InvalidParts, Iter, Key, Keys, Value};
pub use merge::Merge;
pub use observe::{Change, Observe};
pub use products::MapDigest;
pub use reconcile::{Decompose, Dots, Dotted, Parts};
pub use replica::{ParseReplicaIdError, ReplicaId};
pub use wire::Wire;
