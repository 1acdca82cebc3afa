#![doc = include_str!("../../../docs/EMBEDDING.md")]

mod error;
mod exchange;
mod projection;
mod store;

pub use error::StoreError;
pub use exchange::{Message, Position};
pub use store::{Account, Store};
