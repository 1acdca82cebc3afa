//! Why a message for a scope is not taken in.

use alloc::string::String;
use core::fmt;

use crdt_core::wire::DecodeError;

use crate::ReceiveError;

/// A message was not taken in. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScopeError {
    /// There is no such peer: say [`connect`](crate::Scopes::connect) first.
    UnknownPeer,
    /// The message names no scope.
    Malformed(DecodeError),
    /// There is no such scope, or the peer may not hold it. It is told that there is none.
    Unavailable {
        /// The name.
        name: String,
    },
    /// The peer says that it has no such scope for this replica.
    RefusedByPeer {
        /// The name.
        name: String,
    },
    /// The scope's replica refuses it.
    Receive {
        /// The scope.
        name: String,
        /// Why.
        error: ReceiveError,
    },
}

impl fmt::Display for ScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownPeer => {
                f.write_str("no such peer is connected: say so with `connect` first")
            }
            Self::Malformed(error) => {
                write!(f, "the message names no scope: {error}; does the peer use scopes, too?")
            }
            Self::Unavailable { name } => write!(
                f,
                "there is no scope {name:?} for this peer: add it, or let the peer be one of its holders"
            ),
            Self::RefusedByPeer { name } => write!(
                f,
                "the peer has no scope {name:?} for us: it has not added it, or not us to its holders"
            ),
            Self::Receive { name, error } => write!(f, "scope {name:?}: {error}"),
        }
    }
}

impl core::error::Error for ScopeError {}

impl From<DecodeError> for ScopeError {
    fn from(error: DecodeError) -> Self {
        Self::Malformed(error)
    }
}
