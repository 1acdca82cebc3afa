//! What a host may want to hear of.

use alloc::string::String;
use alloc::vec::Vec;

use crdt_core::ReplicaId;

use crate::{Durability, Incarnation, Level, Peer, QuarantineError, ReceiveError, Token};

/// Something that happened, to be taken with [`Replica::next_event`](crate::Replica::next_event).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event<S> {
    /// A peer's change was merged, or a snapshot, or what had waited in quarantine.
    Changed {
        /// The link that it came over; `None` out of quarantine, from a snapshot, or when everybody
        /// was told.
        from: Option<Peer>,
        /// The names of what changed, in order, where the state has names.
        names: Vec<String>,
        /// What was new of it.
        delta: S,
    },
    /// A peer is there, and the versions fit.
    Connected {
        /// The link.
        peer: Peer,
        /// Who is at its other end.
        replica: ReplicaId,
    },
    /// A token is [covered](crate::Replica::covers) that somebody [waited](crate::Replica::await_token) for.
    Covered(Token),
    /// A write is as durable as somebody [waited](crate::Replica::await_durable) for it to be.
    Durable(Token, Durability),
    /// A peer's lag has reached another level.
    Lag {
        /// Whose.
        replica: ReplicaId,
        /// What it is now.
        level: Level,
    },
    /// A part of a change bears timestamps too far ahead of the local clock, and waits.
    Quarantined {
        /// The link that it came over; `None` from a snapshot, or when everybody was told.
        from: Option<Peer>,
        /// How many changes wait now.
        waiting: usize,
    },
    /// A part of a change bears timestamps too far ahead even to wait, and was refused; the rest was
    /// merged. Nothing after it from the same peer counts as included until it is taken in, or it
    /// turns out to have been replaced or removed since; the peer offers it again from time to time.
    ValueRefused {
        /// The link that it came over; `None` from a snapshot, or when everybody was told.
        from: Option<Peer>,
        /// Why.
        why: QuarantineError,
    },
    /// A message was refused here.
    Refused {
        /// The link that it came over.
        from: Peer,
        /// Why.
        why: ReceiveError,
    },
    /// A peer has refused a message of ours, or a value in it.
    RefusedByPeer {
        /// The link.
        peer: Peer,
        /// Why, in its words.
        why: String,
    },
    /// A peer includes more of what this store once was than the store does: it was restored from
    /// an older copy. What peers hold comes back; what this store had told nobody is lost.
    Restored {
        /// The log position at which the store goes on.
        held: u64,
        /// How far a peer had come.
        peer_has: u64,
    },
    /// Another opening continues the same one as this does: the store was copied, or restored from
    /// an older copy. What peers hold of the other comes; what it had told nobody is lost if it is
    /// gone. If both went on under one id, [`Renewed`](Self::Renewed) follows.
    Forked {
        /// This opening.
        one: Incarnation,
        /// The other.
        other: Incarnation,
    },
    /// This replica's id turned out to be in use twice. What it had written under it, and nobody
    /// was known to have, was taken back and written anew under another. A peer that has it all the
    /// same, as its acknowledgement was lost, then has it twice: a counter counts it twice, and who
    /// removes an element that was written anew removes it only where the first is not.
    Renewed {
        /// The id that it had.
        from: ReplicaId,
        /// The id that it has now.
        to: ReplicaId,
        /// The rest of what this opening had written under the old id: peers had acknowledged it.
        /// If others acknowledged as much of the other copy meanwhile, one of two contents of the
        /// same write stays and the other is lost. Look for it in the state once the copies' peers
        /// have met, and write anew what is missing. Its writes bear an id that nobody has: do not
        /// merge it. Bottom if nothing is at risk.
        at_risk: S,
    },
    /// A value is being sent that is longer than [`Config::max_transfer`](crate::Config::max_transfer).
    /// A peer with the same bound refuses it, and nothing else of any length gets there: raise the
    /// bound at both ends.
    TooLong {
        /// The link.
        peer: Peer,
        /// How long it is, encoded.
        length: usize,
        /// The bound here.
        most: usize,
    },
    /// Two replicas that should have been equal were not; they are being brought together.
    Diverged {
        /// The link to the other.
        peer: Peer,
    },
}
