//! The lines that a supervisor and its regions exchange.
//!
//! A region reads requests from its standard input and answers each, in order, on its standard
//! output. Its input ending means that its supervisor is gone, however it went, and the region
//! ends as well. A region says [`Answer::Ready`] once, unasked, when it has started.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use crdt_core::ReplicaId;
use crdt_sync::Token;

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
    /// `follow TOKEN`: whether the region shows all that the one showed which gave the token, and
    /// how soon it did. It follows one token at a time.
    Follow(Token),
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
            Self::Follow(token) => write!(f, "follow {token}"),
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
                "follow" => Self::Follow(rest.parse().ok()?),
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
        /// The replica id under which it writes: a new one, unless its store was closed in good
        /// order before.
        replica: ReplicaId,
        /// How many operations of its part its store holds.
        applied: u64,
    },
    /// `done`
    Done,
    /// `written TOKEN`: an operation is applied, durably. The token stands for it elsewhere.
    Written(Token),
    /// `covered MICROSECONDS`: so long after it was first asked about; or `covered no`.
    Covered(Option<Duration>),
    /// `refused WHY`: the request could not be carried out, and nothing was changed.
    Refused(String),
    /// `status FINGERPRINT NAME=STANDING …`
    Status(Status),
    /// `value READING`: one of several; `done` follows the last.
    Value(Reading),
}

/// How a region stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Equal for equal states.
    pub fingerprint: u128,
    /// How each other region stands, seen from this one.
    pub peers: Vec<(String, Standing)>,
}

/// How another region stands: `SENT`, or `SENT/CHANGES/BYTES/MILLISECONDS`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The bytes sent to it since this start.
    pub sent: u64,
    /// How far behind it is; `None` when it has not been met.
    pub behind: Option<Behind>,
}

/// How far behind a region is, as far as it has said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Behind {
    /// How many changes it has not durably taken in.
    pub changes: u64,
    /// The bytes of them.
    pub bytes: u64,
    /// How long the oldest of them has been there, in milliseconds.
    pub age_ms: u64,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.sent)?;
        match self.behind {
            Some(Behind { changes, bytes, age_ms }) => write!(f, "/{changes}/{bytes}/{age_ms}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Standing {
    type Err = ControlError;

    fn from_str(text: &str) -> Result<Self, ControlError> {
        let numbers: Result<Vec<u64>, _> = text.split('/').map(str::parse).collect();
        match numbers.as_deref() {
            Ok([sent]) => Ok(Self { sent: *sent, behind: None }),
            Ok([sent, changes, bytes, age_ms]) => {
                let behind = Behind { changes: *changes, bytes: *bytes, age_ms: *age_ms };
                Ok(Self { sent: *sent, behind: Some(behind) })
            }
            _ => Err(ControlError(text.into())),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready { address, replica, applied } => {
                write!(f, "ready {address} {replica} {applied}")
            }
            Self::Done => f.write_str("done"),
            Self::Written(token) => write!(f, "written {token}"),
            Self::Covered(Some(took)) => write!(f, "covered {}", took.as_micros()),
            Self::Covered(None) => f.write_str("covered no"),
            Self::Refused(why) => write!(f, "refused {}", why.replace('\n', " ")),
            Self::Status(Status { fingerprint, peers }) => {
                write!(f, "status {fingerprint:032x}")?;
                peers.iter().try_for_each(|(name, standing)| write!(f, " {name}={standing}"))
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
                "written" => Self::Written(rest.parse().ok()?),
                "covered" if rest == "no" => Self::Covered(None),
                "covered" => Self::Covered(Some(Duration::from_micros(rest.parse().ok()?))),
                "refused" => Self::Refused(rest.into()),
                "status" => {
                    let (fingerprint, peers) = rest.split_once(' ').unwrap_or((rest, ""));
                    let fingerprint = u128::from_str_radix(fingerprint, 16).ok()?;
                    Self::Status(Status { fingerprint, peers: pairs(peers)? })
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
    use std::time::Duration;

    use crdt_core::ReplicaId;
    use crdt_sync::Token;

    use super::{Answer, Behind, Request, Standing, Status};
    use crate::operations::{parse_operation, parse_reading};

    fn token() -> Token {
        "0123456789abcdef-7".parse().expect("a token")
    }

    #[test]
    fn every_request_reads_back() {
        let address = "127.0.0.1:7".parse().expect("an address");
        let operation = parse_operation("mv address = \"1 Main Street\"").expect("reads");
        for request in [
            Request::Peers(vec![]),
            Request::Peers(vec![("eu-west".into(), address), ("us-east".into(), address)]),
            Request::Apply { number: 3, operation },
            Request::Follow(token()),
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
        let behind = Some(Behind { changes: 1, bytes: 2, age_ms: 3 });
        let peers = vec![
            ("eu-west".into(), Standing { sent: 1, behind }),
            ("us-east".into(), Standing::default()),
        ];
        for answer in [
            Answer::Ready { address, replica: ReplicaId::from_u128(1), applied: 3 },
            Answer::Done,
            Answer::Written(token()),
            Answer::Covered(Some(Duration::from_micros(1_500))),
            Answer::Covered(None),
            Answer::Refused("the total would overflow".into()),
            Answer::Status(Status { fingerprint: u128::MAX, peers }),
            Answer::Status(Status::default()),
            Answer::Value(parse_reading("mv \"a b\" = c \"d e\"").expect("reads")),
        ] {
            assert_eq!(answer.to_string().parse(), Ok(answer));
        }
    }

    #[test]
    fn other_lines_are_refused() {
        for line in
            ["", "quit", "apply", "apply x counter y += 1", "apply 1 nonsense", "peers a", "follow"]
        {
            assert!(line.parse::<Request>().is_err(), "{line}");
        }
        for line in
            ["", "ready", "ready 1 2 3", "status xyz", "status 0 a=1/2", "covered", "value x"]
        {
            assert!(line.parse::<Answer>().is_err(), "{line}");
        }
    }
}
