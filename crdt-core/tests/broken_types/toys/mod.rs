//! Small correct types, each with the places where the broken ones differ left open.

pub(crate) mod dots;
pub(crate) mod or_set;
pub(crate) mod register;
pub(crate) mod tally;
pub(crate) mod view;
