//! The lines that a supervisor and its regions exchange.
//!
//! A region reads requests from its standard input and answers each, in order, on its standard
//! output. Its input ending means that its supervisor is gone, however it went, and the region
//! ends as well. A region says [`Answer::Ready`] once, unasked, when it has started.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;

use crdt_core::ReplicaId;

use crate::operations::{Operation, Reading, parse_operation, parse_reading};

/// What a supervisor asks of a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// `peers NAME=ADDRESS …`: where the other regions listen.
    Peers(Vec<(String, SocketAddr)>),
    /// `apply N OPERATION`: the `N`-th operation of its part, from 1. One that is applied already
    /// is not applied again.
    Apply {
        /// Its number.
        number: u64,
        /// What it does.
        operation: Operation,
    },
    /// `cut NAME`: from the answer on, no byte passes between the two.
    Cut(String),
    /// `heal NAME`: ends a cut.
    Heal(String),
    /// `status`
    Status,
    /// `values`
    Values,
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Peers(peers) => {
                f.write_str("peers")?;
                peers.iter().try_for_each(|(name, address)| write!(f, " {name}={address}"))
            }
            Self::Apply { number, operation } => write!(f, "apply {number} {operation}"),
            Self::Cut(peer) => write!(f, "cut {peer}"),
            Self::Heal(peer) => write!(f, "heal {peer}"),
            Self::Status => f.write_str("status"),
            Self::Values => f.write_str("values"),
        }
    }
}

impl FromStr for Request {
    type Err = ControlError;

    fn from_str(line: &str) -> Result<Self, ControlError> {
        let read = || {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            Some(match word {
                "peers" => Self::Peers(pairs(rest)?),
                "apply" => {
                    let (number, operation) = rest.split_once(' ')?;
                    let operation = parse_operation(operation).ok()?;
                    Self::Apply { number: number.parse().ok()?, operation }
                }
                "cut" => Self::Cut(rest.into()),
                "heal" => Self::Heal(rest.into()),
                "status" => Self::Status,
                "values" => Self::Values,
                _ => return None,
            })
        };
        read().ok_or_else(|| ControlError(line.into()))
    }
}

/// What a region answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// `ready ADDRESS REPLICA APPLIED`: it has started.
    Ready {
        /// Where it listens for other regions.
        address: SocketAddr,
        /// The replica id that it drew for this start.
        replica: ReplicaId,
        /// How many operations of its part its store holds.
        applied: u64,
    },
    /// `done`
    Done,
    /// `refused WHY`: the request could not be carried out, and nothing was changed.
    Refused(String),
    /// `status FINGERPRINT NAME=BYTES …`
    Status(Status),
    /// `value READING`: one of several; `done` follows the last.
    Value(Reading),
}

/// How a region stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Equal for equal states.
    pub fingerprint: u128,
    /// The bytes sent to each other region since this start.
    pub sent: Vec<(String, u64)>,
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready { address, replica, applied } => {
                write!(f, "ready {address} {replica} {applied}")
            }
            Self::Done => f.write_str("done"),
            Self::Refused(why) => write!(f, "refused {}", why.replace('\n', " ")),
            Self::Status(Status { fingerprint, sent }) => {
                write!(f, "status {fingerprint:032x}")?;
                sent.iter().try_for_each(|(name, bytes)| write!(f, " {name}={bytes}"))
            }
            Self::Value(reading) => write!(f, "value {reading}"),
        }
    }
}

impl FromStr for Answer {
    type Err = ControlError;

    fn from_str(line: &str) -> Result<Self, ControlError> {
        let read = || {
            let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
            Some(match word {
                "ready" => {
                    let (address, rest) = rest.split_once(' ')?;
                    let (replica, applied) = rest.split_once(' ')?;
                    Self::Ready {
                        address: address.parse().ok()?,
                        replica: replica.parse().ok()?,
                        applied: applied.parse().ok()?,
                    }
                }
                "done" => Self::Done,
                "refused" => Self::Refused(rest.into()),
                "status" => {
                    let (fingerprint, sent) = rest.split_once(' ').unwrap_or((rest, ""));
                    let fingerprint = u128::from_str_radix(fingerprint, 16).ok()?;
                    Self::Status(Status { fingerprint, sent: pairs(sent)? })
                }
                "value" => Self::Value(parse_reading(rest).ok()?),
                _ => return None,
            })
        };
        read().ok_or_else(|| ControlError(line.into()))
    }
}

/// `NAME=SOMETHING NAME=SOMETHING …`
fn pairs<T: FromStr>(text: &str) -> Option<Vec<(String, T)>> {
    let pair = |word: &str| {
        let (name, value) = word.split_once('=')?;
        Some((name.into(), value.parse().ok()?))
    };
    text.split_whitespace().map(pair).collect()
}

/// A line that is not part of the conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlError(String);

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "this is no line between a supervisor and a region: {}", self.0)
    }
}

impl std::error::Error for ControlError {}

#[cfg(test)]
mod tests {
    use crdt_core::ReplicaId;

    use super::{Answer, Request, Status};
    use crate::operations::{parse_operation, parse_reading};

    #[test]
    fn every_request_reads_back() {
        let address = "127.0.0.1:7".parse().expect("an address");
        let operation = parse_operation("mv address = \"1 Main Street\"").expect("reads");
        for request in [
            Request::Peers(vec![]),
            Request::Peers(vec![("eu-west".into(), address), ("us-east".into(), address)]),
            Request::Apply { number: 3, operation },
            Request::Cut("eu-west".into()),
            Request::Heal("eu-west".into()),
            Request::Status,
            Request::Values,
        ] {
            assert_eq!(request.to_string().parse(), Ok(request));
        }
    }

    #[test]
    fn every_answer_reads_back() {
        let address = "127.0.0.1:7".parse().expect("an address");
        let sent = vec![("eu-west".into(), 1), ("us-east".into(), 0)];
        for answer in [
            Answer::Ready { address, replica: ReplicaId::from_u128(1), applied: 3 },
            Answer::Done,
            Answer::Refused("the total would overflow".into()),
            Answer::Status(Status { fingerprint: u128::MAX, sent }),
            Answer::Status(Status::default()),
            Answer::Value(parse_reading("mv \"a b\" = c \"d e\"").expect("reads")),
        ] {
            assert_eq!(answer.to_string().parse(), Ok(answer));
        }
    }

    #[test]
    fn other_lines_are_refused() {
        for line in ["", "quit", "apply", "apply x counter y += 1", "apply 1 nonsense", "peers a"] {
            assert!(line.parse::<Request>().is_err(), "{line}");
        }
        for line in ["", "ready", "ready 1 2 3", "status xyz", "value x"] {
            assert!(line.parse::<Answer>().is_err(), "{line}");
        }
    }
}
