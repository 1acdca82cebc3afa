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
                "a probe came that has no place here, as the peer has lost its session: a new one \
                 begins",
            ),
            Self::Inconsistent => f.write_str(
                "a peer tells of its state something else than it announced: a new comparison \
                 begins; if it ends so each time, the peer forges, or its type of state is another",
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
