//! What may be asked of the engine, and what it answers.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use crdt_core::{ReplicaId, Timestamp};
use crdt_document::{Document, Transaction, WriteError};
use crdt_sync::{Level, Token, WriteError as ReplicaError};
use tokio::sync::{mpsc, oneshot};

use super::publisher::Stream;
use crate::store::Address;

/// Where a write has to be durable, besides here, before it is answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durable {
    /// Nowhere: asynchronous replication.
    #[default]
    Local,
    /// In one other region: semi-synchronous replication.
    One,
    /// In all other regions: synchronous replication.
    All,
}

impl Durable {
    /// What requests call it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::One => "1",
            Self::All => "all",
        }
    }
}

/// Reads a document, or hears why it cannot.
pub(super) type View = Box<dyn FnOnce(Result<Shown<'_>, Refusal>) + Send>;

/// Writes a document.
pub(super) type Change = Box<dyn FnOnce(&mut Transaction<'_>) -> Result<(), WriteError> + Send>;

/// A document as it is now.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// What it holds.
    pub document: &'a Document,
    /// Whoever shows this elsewhere reads there what they read here.
    pub token: Token,
    /// The id under which this region writes it.
    pub replica: ReplicaId,
}

/// How a write has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// Whoever shows this elsewhere reads there what was written here.
    pub token: Token,
    /// Whether it was durable here when the time was up.
    pub is_durable_here: bool,
    /// The regions that had said that it is durable there.
    pub durable: Vec<String>,
    /// The regions that had not.
    pub missing: Vec<String>,
    /// Whether that is what was asked for.
    pub is_done: bool,
}

/// Nothing was read or written, except that after [`Failed`](Refusal::Failed) a write may have been; and
/// why.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no document of this name.
    NoDocument,
    /// There are as many documents as there may be.
    TooManyDocuments {
        /// How many.
        most: usize,
    },
    /// What the token stands for is not here yet.
    NotYet {
        /// What is, if there is a document.
        token: Option<Token>,
        /// How many changes of the region that gave the token this one lacks, up to it; none if that
        /// region was never heard of.
        lag: Option<u64>,
        /// The region that gave it, if it is known, and then those that have said that they have it.
        has: Vec<String>,
        /// If none has: of those that are connected, the one that lacks the least of this document.
        least_lag: Option<String>,
    },
    /// An operation cannot be done; none of the others was.
    Write(WriteError),
    /// The replica does not write.
    Replica(ReplicaError),
    /// The region is connected already.
    Linked {
        /// Which.
        region: String,
    },
    /// The node is ending.
    Stopped,
    /// The disk has failed: nobody knows whether it was written.
    Failed,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDocument => f.write_str("there is no document of this name"),
            Self::TooManyDocuments { most } => {
                write!(f, "this node holds {most} documents and no more: raise its limit")
            }
            Self::NotYet { token, lag, has, least_lag } => {
                f.write_str(match token {
                    Some(_) => "what the token stands for is not here yet",
                    None => "nothing of the document is here yet",
                })?;
                if let Some(lag) = lag {
                    write!(f, ", {lag} changes are missing")?;
                }
                f.write_str(": try again later")?;
                match (has.as_slice(), least_lag) {
                    ([], None) => Ok(()),
                    ([], Some(region)) => write!(f, ", or the region {region}, which may have it"),
                    (has, _) => write!(f, ", or where it is: {}", has.join(", ")),
                }
            }
            Self::Write(error) => error.fmt(f),
            Self::Replica(error) => error.fmt(f),
            Self::Linked { region } => write!(f, "the region {region} is connected already"),
            Self::Stopped => {
                f.write_str("the node is ending, and nothing was done: try another region")
            }
            Self::Failed => f.write_str(
                "the disk has failed: nobody knows whether it was written until the node is started \
                 again",
            ),
        }
    }
}

impl std::error::Error for Refusal {}

/// One connection, to a region or to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct LinkId(pub(super) u64);

/// Whether a client may greet as a replica. Asked for each message: it must not block.
#[derive(Clone)]
pub struct SpeaksFor(Arc<dyn Fn(ReplicaId) -> bool + Send + Sync>);

impl SpeaksFor {
    /// Those for which this says so.
    pub fn those(may: impl Fn(ReplicaId) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(may))
    }

    /// Any that is no region's.
    pub fn any() -> Self {
        Self::those(|_| true)
    }

    pub(super) fn includes(&self, replica: ReplicaId) -> bool {
        (self.0)(replica)
    }
}

impl fmt::Debug for SpeaksFor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpeaksFor").finish_non_exhaustive()
    }
}

/// How a region is connected, which decides which of two connections stays.
///
/// A newer one takes the place of one of the same way: the older is gone, and nobody has noticed yet. Of two
/// regions that dial each other, the connection stays that the one dials whose name comes first; so that
/// both keep the same one. What others relay makes way for a direct connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Over what others relay: NATS.
    Relayed,
    /// The other region has dialed this one.
    Accepted,
    /// This region has dialed the other.
    Dialed,
}

impl Way {
    /// What has more takes the place of what has less, and of as much.
    pub(super) fn weight(self, own: &str, other: &str) -> u8 {
        match self {
            Self::Relayed => 0,
            Self::Accepted => 1 + u8::from(other < own),
            Self::Dialed => 1 + u8::from(own < other),
        }
    }
}

/// Why the engine has ended a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// A client has greeted as a replica that is a region's, or as its successor; or as one that it may
    /// not speak for.
    ReplicaId(ReplicaId),
    /// A newer connection of the region has taken its place.
    Replaced,
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReplicaId(replica) => write!(f, "replica-id: {replica} is another's"),
            Self::Replaced => f.write_str("replaced: there is a newer connection of the region"),
        }
    }
}

/// What leaves over a link: for which document, and the message.
pub type Outgoing = (Address, Bytes);

/// A link as it begins.
#[derive(Debug)]
pub(crate) struct LinkRequest {
    pub(crate) id: LinkId,
    /// The region at its other end, if it is one, and how it is connected.
    pub(crate) region: Option<(String, Way)>,
    /// The one document that it is for, or these scopes.
    pub(crate) holds: Holds,
    pub(crate) outgoing: mpsc::Sender<Outgoing>,
    /// Which replicas may be at its other end, if it is a client.
    pub(crate) speaks_for: SpeaksFor,
    /// Where it is told why it was ended, if it is.
    pub(crate) ended: oneshot::Sender<Ending>,
    pub(crate) opened: oneshot::Sender<Result<(), Refusal>>,
}

/// What a link is for.
#[derive(Clone, Debug)]
pub(crate) enum Holds {
    One(Address),
    Scopes(Vec<String>),
}

impl Holds {
    pub(crate) fn include(&self, address: &Address) -> bool {
        match self {
            Self::One(only) => only == address,
            Self::Scopes(scopes) => scopes.contains(&address.scope),
        }
    }
}

/// How a region is doing, seen from here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// Its name.
    pub name: String,
    /// Whether there is a connection.
    pub is_connected: bool,
    /// In how many documents it was not met since the node began: what it lacks of them is not known.
    pub unmet: usize,
    /// How many changes it lacks, in all documents.
    pub positions: u64,
    /// How many bytes of them.
    pub bytes: u64,
    /// For how long the oldest of them has been there.
    pub age: Duration,
    /// Whether that is a reason to worry.
    pub level: Level,
}

/// All regions but this one.
pub type Regions = Vec<Region>;

/// What there is of a scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScopeFigures {
    /// How many documents.
    pub documents: u64,
    /// How many changes wait, as they bear timestamps too far ahead of the local clock.
    pub quarantined: u64,
    /// How many bytes of them.
    pub quarantined_bytes: u64,
    /// How many bytes of changes are kept for those who have not acknowledged them.
    pub log_bytes: u64,
}

/// What is measured once in a while.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// How the other regions are doing.
    pub regions: Regions,
    /// What there is of each scope that has a document.
    pub scopes: BTreeMap<String, ScopeFigures>,
}

pub(crate) struct ReadRequest {
    pub(crate) address: Address,
    pub(crate) after: Option<Token>,
    pub(crate) until_ms: u64,
    pub(crate) view: View,
}

pub(crate) struct WriteRequest {
    pub(crate) address: Address,
    /// When it was written, if not now.
    pub(crate) at: Option<Timestamp>,
    pub(crate) change: Change,
    pub(crate) durable: Durable,
    pub(crate) until_ms: u64,
    pub(crate) answer: oneshot::Sender<Result<Settled, Refusal>>,
}

pub(crate) enum Input {
    Read(ReadRequest),
    Write(WriteRequest),
    Open(LinkRequest),
    Received { link: LinkId, address: Address, bytes: Bytes },
    Publish(Stream),
    Heard { address: Address, bytes: Bytes },
    Listening { region: String, is_listening: bool },
    Room { link: LinkId },
    Closed { link: LinkId },
    Regions(oneshot::Sender<Regions>),
    Figures(oneshot::Sender<Figures>),
    Documents(oneshot::Sender<Vec<Address>>),
    Ready(oneshot::Sender<()>),
    End,
}

#[cfg(test)]
mod tests {
    use super::Way;

    #[test]
    fn both_ends_keep_the_connection_that_the_region_dials_whose_name_comes_first() {
        for [one, other] in [["eu", "us"], ["us", "eu"]] {
            let dialed_here = Way::Dialed.weight(one, other);
            assert_eq!(dialed_here, Way::Accepted.weight(other, one), "both say the same of it");
            assert_eq!(dialed_here > Way::Accepted.weight(one, other), one < other);
            assert!(Way::Relayed.weight(one, other) < dialed_here);
        }
    }
}
