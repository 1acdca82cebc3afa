//! Why a run did not succeed.

use std::fmt;
use std::io;

/// Why a run did not succeed. Its regions have been ended.
#[derive(Debug)]
pub enum Failure {
    /// Somebody pressed Ctrl-C, or asked the process to end.
    Interrupted,
    /// The output can no longer be written.
    Output(io::Error),
    /// Something did not work, as this says.
    Message(String),
}

impl Failure {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self::Message(message.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interrupted => f.write_str("interrupted"),
            Self::Output(error) => write!(f, "the output cannot be written: {error}"),
            Self::Message(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for Failure {}
