//! Why bytes are refused.

use core::fmt;

use super::VERSION;

/// The bytes are not a message of the expected type. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    kind: DecodeErrorKind,
    offset: usize,
}

impl DecodeError {
    pub(super) const fn new(kind: DecodeErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// What is wrong.
    pub const fn kind(&self) -> &DecodeErrorKind {
        &self.kind
    }

    /// How many bytes had been read when it was found.
    pub const fn offset(&self) -> usize {
        self.offset
    }
}

/// What is wrong with refused bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeErrorKind {
    /// The first byte names a version that this release does not read.
    UnknownVersion(u8),
    /// The message ends inside a value: it was truncated.
    UnexpectedEnd,
    /// Bytes follow the value.
    TrailingBytes,
    /// An integer is written with more bytes than it needs.
    NonMinimalInteger,
    /// An integer, counter or timestamp is outside its range.
    OutOfRange,
    /// A byte that tells variants apart has a value without meaning.
    UnknownTag(u8),
    /// A string is not UTF-8.
    InvalidUtf8,
    /// Keys, elements or runs are not in strictly ascending order.
    OutOfOrder,
    /// An entry says nothing; canonical bytes leave it out.
    EmptyEntry,
    /// A replica id is written out a second time.
    RepeatedReplica,
    /// A replica is referred to that the message has not named.
    UnknownReplica,
    /// The message holds more of this than the budget allows.
    OverBudget(&'static str),
    /// A rule of the decoded type is broken.
    Invalid(&'static str),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            DecodeErrorKind::UnknownVersion(version) => write!(
                f,
                "format version {version} is unknown (this release reads version {VERSION}): \
                 upgrade the reader, or check what these bytes are"
            ),
            DecodeErrorKind::UnexpectedEnd => f.write_str("the bytes end inside a value"),
            DecodeErrorKind::TrailingBytes => f.write_str("bytes follow the end of the value"),
            DecodeErrorKind::NonMinimalInteger => {
                f.write_str("an integer is written with more bytes than it needs")
            }
            DecodeErrorKind::OutOfRange => f.write_str("an integer is outside its range"),
            DecodeErrorKind::UnknownTag(tag) => write!(f, "tag {tag} has no meaning here"),
            DecodeErrorKind::InvalidUtf8 => f.write_str("a string is not UTF-8"),
            DecodeErrorKind::OutOfOrder => f.write_str("entries are not in ascending order"),
            DecodeErrorKind::EmptyEntry => f.write_str("an entry is empty"),
            DecodeErrorKind::RepeatedReplica => f.write_str("a replica id is written out twice"),
            DecodeErrorKind::UnknownReplica => f.write_str("a replica is used before it is named"),
            DecodeErrorKind::OverBudget(what) => {
                write!(f, "there are more {what} than the budget allows")
            }
            DecodeErrorKind::Invalid(rule) => f.write_str(rule),
        }?;
        write!(f, " (at byte {})", self.offset)
    }
}

impl core::error::Error for DecodeError {}
