//! Why a probe is refused.

use core::fmt;

use crdt_core::wire::DecodeError;

/// A probe that the other end of a session cannot have sent in good order. The session is over;
/// nothing has been changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProbeError {
    /// Its bytes are not those of a probe.
    Malformed(DecodeError),
    /// It is not one that can come at this point of a session, or of this version of the protocol.
    Unexpected,
    /// What it tells is not what its sender said that it would tell.
    Inconsistent,
}

impl fmt::Display for ProbeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => write!(f, "a probe cannot be read: {error}"),
            Self::Unexpected => f.write_str(
                "a probe came that has no place here: the peer has lost its session, or speaks \
                 another version; start a new one",
            ),
            Self::Inconsistent => f.write_str(
                "a peer tells of its state something else than it announced: its state changed \
                 under the session, or it forges",
            ),
        }
    }
}

impl core::error::Error for ProbeError {}

impl From<DecodeError> for ProbeError {
    fn from(error: DecodeError) -> Self {
        Self::Malformed(error)
    }
}
