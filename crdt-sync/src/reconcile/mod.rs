//! Finding out exactly how two states differ, in few bytes and a few rounds.
//!
//! Used when the log no longer reaches back to what a peer has. Both ends pin the state that they
//! have and exchange *probes*; in the end each knows the exact delta for the other, while writes on
//! both sides go on. Which way it goes depends on what the type offers:
//!
//! - **dots** ([`Dotted`](crdt_core::Dotted)): the ends exchange the dots that they have seen. What
//!   one has not seen is sent to it. What died of what both have seen leaves no trace in a context,
//!   so a hash over the live ones in common, their dots, keys and values, is compared; and if that
//!   differs, which dots are live: plainly where that is short, else by a
//!   [sketch](crate::sketch).
//! - **parts** ([`Decompose`](crdt_core::Decompose)): the names of the parts of the join
//!   decomposition are compared, by a hash, plainly or by a sketch (Enes, Almeida, Baquero, Leitão
//!   2019, section III, for the decomposition). Types with dots come here when their hashes differ
//!   and their live dots do not: then a dot has two contents, which only a fault or a forger brings
//!   about.
//! - otherwise, or where the peer speaks the first version of the protocol, each sends its
//!   [digest](crdt_core::Delta::digest).
//!
//! The end with fewer numbers tells them to the other, which finds out what differs. What a sketch
//! decodes to is a guess: before it is acted on, a hash of 128 bits of all that the other end has is
//! compared with the one that it told.
//!
//! Probes are to arrive in order and each once; memory and work are linear in the state here and in
//! the bytes that come, whatever they are.
//!
//! | file | what it answers |
//! |---|---|
//! | `session` | the rounds |
//! | `telling`, `taking` | the two ends of a set comparison |
//! | `subject`, `index` | what is compared, and the numbers that stand for it |
//! | `probe`, `error` | bytes, and why they are refused |

mod error;
mod index;
mod probe;
mod session;
mod subject;
mod taking;
mod telling;
#[cfg(test)]
mod tests;

pub use error::ProbeError;
#[cfg(feature = "simulate")]
pub(crate) use probe::kind;
pub(crate) use session::{Session, Step};
