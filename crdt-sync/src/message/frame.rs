//! The frames and what their fields mean.

use alloc::string::String;
use alloc::vec::Vec;

use crdt_core::ReplicaId;

use crate::Incarnation;
use crate::known::Known;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    Hello(Hello),
    Update(Update),
    Part(Part),
    PartAck(PartAck),
    Fingerprint(Fingerprint),
    Same(Same),
    Probe(Probe),
    Refused(Refused),
    Piece(Piece),
    Broadcast(Broadcast),
}

impl Frame {
    pub(crate) const HELLO: u8 = 0;
    pub(crate) const UPDATE: u8 = 1;
    pub(crate) const PART: u8 = 2;
    pub(crate) const PART_ACK: u8 = 3;
    pub(crate) const FINGERPRINT: u8 = 4;
    pub(crate) const SAME: u8 = 5;
    pub(crate) const PROBE: u8 = 6;
    pub(crate) const REFUSED: u8 = 7;
    pub(crate) const PIECE: u8 = 8;
    pub(crate) const BROADCAST: u8 = 9;

    /// Whether frames of this kind are understood without a greeting before them. What a piece is of
    /// has a seal of its own.
    pub(crate) const fn is_for_anybody(kind: u8) -> bool {
        matches!(kind, Self::HELLO | Self::REFUSED | Self::PIECE)
    }

    /// The kind of a frame, in words.
    pub(crate) const fn name(kind: u8) -> &'static str {
        match kind {
            Self::HELLO => "Hello",
            Self::UPDATE => "Update",
            Self::PART => "Part",
            Self::PART_ACK => "PartAck",
            Self::FINGERPRINT => "Fingerprint",
            Self::SAME => "Same",
            Self::PROBE => "Probe",
            Self::REFUSED => "Refused",
            Self::PIECE => "Piece",
            Self::BROADCAST => "Broadcast",
            _ => "?",
        }
    }
}

/// What a replica wants of a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
    /// What it lacks: it has something.
    Difference,
    /// All there is: it has nothing.
    Everything,
    /// Nothing of what there is, only what comes: it has nothing, and asks one peer at a time.
    NothingYet,
}

/// The first in each direction. Its form is that of every version of the protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hello {
    /// The protocol's major version: what differs in it does not talk.
    pub(crate) major: u8,
    /// The newest minor version spoken; the lesser of both is used.
    pub(crate) minor: u8,
    pub(crate) replica: ReplicaId,
    pub(crate) incarnation: Incarnation,
    /// What the sender wants: the same as long as the connection is this one.
    pub(crate) need: Need,
    /// Tells this connection from others that this opening has had.
    pub(crate) session: u32,
    /// What tells the connection to you, in the last hello of yours that I have heard.
    pub(crate) heard: Option<u32>,
    /// What I durably include, my own log among it.
    pub(crate) known: Known,
}

impl Hello {
    /// The end of the connection that it comes from.
    pub(crate) const fn end(&self) -> (Incarnation, u32) {
        (self.incarnation, self.session)
    }
}

/// A stretch of the sender's log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The change takes who has everything before `from` …
    pub(crate) from: u64,
    /// … to having everything before `to`. With `from` 0 it takes everyone there, whose digest it
    /// answers.
    pub(crate) to: u64,
    /// The comparison that it concludes, whose other half the receiver has found out itself.
    pub(crate) session: Option<u64>,
}

/// What a sender includes, as a difference to what the receiver has acknowledged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// Counts the changes of `known`, for the receiver to acknowledge; 0 if it need not, as this is not
    /// all that is new.
    pub(crate) version: u64,
    pub(crate) known: Known,
    /// The log position at which the sender includes that; 0 when there is nothing new.
    pub(crate) at: u64,
    /// The receiver's log up to here has arrived.
    pub(crate) received: u64,
    /// … and is included up to here; less while something of it waits in quarantine.
    pub(crate) included: u64,
    /// The version of the receiver's own `known` that has arrived.
    pub(crate) heard: u64,
    /// How many ids of the receiver's dictionary have arrived.
    pub(crate) names: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Update {
    pub(crate) told: Told,
    pub(crate) progress: Option<Progress>,
    /// How much of the sender's dictionary this message builds on …
    pub(crate) base: u64,
    /// … and the ids that it adds.
    pub(crate) added: Vec<ReplicaId>,
    /// The change, empty for none.
    pub(crate) delta: Vec<u8>,
}

/// A piece of a stream of changes, each as its length and its bytes, that together take the
/// receiver along `progress`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) transfer: u64,
    pub(crate) progress: Progress,
    /// What the sender includes at `progress.to`: told with the part that ends the stream.
    pub(crate) known: Known,
    /// The length of the whole stream.
    pub(crate) total: u64,
    pub(crate) offset: u64,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PartAck {
    pub(crate) transfer: u64,
    /// So much of the stream has arrived.
    pub(crate) offset: u64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    pub(crate) key: u64,
    /// The keyed hash of the sender's state at `at`.
    pub(crate) hash: u64,
    pub(crate) at: u64,
    /// What the sender includes at `at`, beyond what the receiver has heard before.
    pub(crate) known: Known,
    /// How much of the receiver's log the sender includes: only a receiver that is still there
    /// compares, unless the sender's log is gone.
    pub(crate) yours: Option<u64>,
}

/// The state that has this fingerprint is mine, too, at `mine`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Same {
    pub(crate) at: u64,
    pub(crate) mine: u64,
    pub(crate) known: Known,
}

/// One message of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Probe {
    pub(crate) session: u64,
    /// Counts the messages of a comparison, from 0; the one who opened it sends the even ones.
    pub(crate) round: u64,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) why: String,
}

/// A piece of a message that is longer than a message may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    /// The seal of the whole, which tells it from others and vouches for it.
    pub(crate) of: u64,
    /// Which one this is, from 0, of how many: two at least.
    pub(crate) number: u64,
    pub(crate) count: u64,
    /// Some of its bytes: one at least.
    pub(crate) bytes: Vec<u8>,
}

/// A stretch of the sender's log, for everybody who listens: to be read without a greeting before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broadcast {
    pub(crate) sender: Incarnation,
    /// The change takes who has everything before `from` …
    pub(crate) from: u64,
    /// … to having everything before `to` …
    pub(crate) to: u64,
    /// … if others' logs are included so far, which tell everybody themselves.
    pub(crate) required: Known,
    /// The ids that the change mentions.
    pub(crate) ids: Vec<ReplicaId>,
    /// The change, empty for none.
    pub(crate) delta: Vec<u8>,
}
