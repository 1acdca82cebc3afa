//! Why NATS does not work.

use std::fmt;

/// Why there is no connection to NATS, or no use in one.
#[derive(Debug)]
#[non_exhaustive]
pub enum NatsError {
    /// The server cannot be reached, or the connection to it has ended.
    Away {
        /// What was to be done.
        what: &'static str,
        /// Why it was not.
        why: String,
    },
    /// The server is older than what is known to work.
    Version {
        /// Its version.
        version: String,
        /// The least.
        least: &'static str,
    },
    /// The server has no `JetStream`.
    NoJetStream,
    /// The server is in another domain, or in none.
    Domain {
        /// The domain of the region.
        expected: String,
        /// The server's.
        found: Option<String>,
    },
    /// The server takes no message as long as the protocol's may be.
    Payload {
        /// What it takes, in bytes.
        most: usize,
        /// What is needed.
        needed: usize,
    },
    /// A stream is not what was asked for: the server does not know a field, or somebody else made the
    /// stream.
    Stream {
        /// Which.
        name: String,
        /// The field.
        field: &'static str,
        /// What was asked for.
        asked: String,
        /// What is there.
        found: String,
    },
}

impl NatsError {
    pub(super) fn away(what: &'static str) -> impl Fn(&dyn fmt::Display) -> Self {
        move |why| Self::Away { what, why: why.to_string() }
    }

    /// Whether to try again is of no use.
    pub const fn is_final(&self) -> bool {
        !matches!(self, Self::Away { .. })
    }
}

impl fmt::Display for NatsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Away { what, why } => write!(f, "NATS: cannot {what}: {why}"),
            Self::Version { version, least } => {
                write!(f, "NATS: the server is of version {version}: take {least} or newer")
            }
            Self::NoJetStream => {
                f.write_str("NATS: the server has no JetStream: configure `jetstream`")
            }
            Self::Domain { expected, found: Some(found) } => write!(
                f,
                "NATS: the server is in the domain {found:?}, and the region's is {expected:?}: \
                 connect to a server of this region, or name its domain"
            ),
            Self::Domain { expected, found: None } => write!(
                f,
                "NATS: the server has no domain: configure `jetstream {{ domain: {expected} }}`"
            ),
            Self::Payload { most, needed } => write!(
                f,
                "NATS: the server takes messages of {most} bytes, and {needed} are needed: \
                 configure `max_payload`"
            ),
            Self::Stream { name, field, asked, found } => write!(
                f,
                "NATS: the stream {name} has {field} {found}, and {asked} was asked for: the server \
                 is too old for it, or the stream is another's"
            ),
        }
    }
}

impl std::error::Error for NatsError {}
