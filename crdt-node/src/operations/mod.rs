//! The file of operations: what each region writes, and what happens to the regions meanwhile.
//!
//! The format is described in `docs/DEMO.md`. A file is read whole, and checked whole,
//! before anything runs: what is wrong in it is found while nothing has happened yet.

mod check;
mod error;
mod operation;
mod parse;
mod plan;
mod reading;
mod words;

pub use error::{LineError, PlanError};
pub use operation::{Change, Kind, Operation};
pub use plan::{Plan, Statement, Step};
pub use reading::{Reading, Subject, Value};

#[cfg(test)]
pub(crate) use parse::{operation as parse_operation, reading as parse_reading};
