//! A document: written by programs of operations, read by questions, both as bytes.

mod answer;
mod program;
mod raw;

pub(crate) use answer::answer;
pub(crate) use program::{Stopped, run};
pub use raw::RawDocument;
