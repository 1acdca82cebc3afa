//! What travels between two replicas.
//!
//! | frame | what it says |
//! |---|---|
//! | [`Hello`] | who I am, what I include of everybody, which versions I speak |
//! | [`Update`] | a change of my log, what it brings me to include, and what I have of yours |
//! | [`Part`], [`PartAck`] | a change too long for one message |
//! | [`Fingerprint`], [`Same`] | my log does not reach back to where you are: are we equal? |
//! | [`Probe`] | we are not: what differs? |
//! | [`Refused`] | why I did not take your last message |
//! | [`Piece`] | a piece of any of these, where it is longer than a message may be |
//! | [`Broadcast`] | a change of my log, for everybody who listens |

mod frame;
#[cfg(test)]
mod tests;
mod wire;

pub(crate) use frame::{
    Broadcast, Fingerprint, Frame, Hello, Need, Part, PartAck, Piece, Probe, Progress, Refused,
    Same, Told, Update,
};

use alloc::vec::Vec;
use core::fmt;

use crate::Peer;

/// Bytes for a peer.
///
/// They may be lost, repeated, reordered and delayed on their way; a message is taken in whole or
/// not at all.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Whom they are for.
    pub to: Peer,
    /// What to send: at most [`Config::max_message`](crate::Config::max_message) long.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.bytes.get(1).map_or("?", |kind| Frame::name(*kind));
        write!(f, "{kind} of {} bytes to {:?}", self.bytes.len(), self.to)
    }
}
