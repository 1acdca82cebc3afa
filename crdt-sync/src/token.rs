//! What a user who has written can show elsewhere.

use alloc::string::ToString;
use core::fmt;
use core::str::FromStr;

use crdt_core::wire::{DecodeError, Reader, Wire, Writer};

use crate::Incarnation;

/// A *session token*: the log position of a replica right after a write.
///
/// Whoever shows it to another replica can ask whether that one [covers](crate::Replica::covers) it,
/// and so reads what they have written wherever they go (*read your writes* of the Bayou session
/// guarantees, Terry et al. 1994). The greatest tokens of the replicas that one has read from give
/// *monotonic reads*.
///
/// It proves nothing: one that is made up asks for a position that will never be covered, so bound
/// the wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Token {
    pub(crate) incarnation: Incarnation,
    pub(crate) position: u64,
}

impl Token {
    /// Which opening of which replica wrote.
    pub const fn incarnation(&self) -> Incarnation {
        self.incarnation
    }

    /// Its log position right after the write.
    pub const fn position(&self) -> u64 {
        self.position
    }
}

/// `16 hexadecimal digits-position`: for a header or a query.
impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{}", self.incarnation.to_bits(), self.position)
    }
}

impl FromStr for Token {
    type Err = ParseTokenError;

    fn from_str(text: &str) -> Result<Self, ParseTokenError> {
        let (opening, position) = text.split_once('-').ok_or(ParseTokenError::NoHyphen)?;
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        let bits = u64::from_str_radix(opening, 16).ok();
        let bits = bits.filter(|_| opening.len() == 16 && opening.bytes().all(is_digit));
        let number = position.parse().ok().filter(|number: &u64| number.to_string() == position);
        Ok(Self {
            incarnation: Incarnation::from_bits(bits.ok_or(ParseTokenError::Opening)?),
            position: number.ok_or(ParseTokenError::Position)?,
        })
    }
}

/// Why a text is no token. Each token has one text, and no other is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ParseTokenError {
    /// There is no hyphen in it.
    NoHyphen,
    /// Before its hyphen there is no opening.
    Opening,
    /// After its hyphen there is no position.
    Position,
}

impl fmt::Display for ParseTokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoHyphen => {
                "a token is sixteen hexadecimal digits, a hyphen and a position: the hyphen is missing"
            }
            Self::Opening => {
                "before its hyphen a token has sixteen digits of 0-9 and a-f, and nothing else"
            }
            Self::Position => {
                "after its hyphen a token has a position: a whole number below 2^64, without a sign \
                 or zeros before it"
            }
        })
    }
}

impl core::error::Error for ParseTokenError {}

impl Wire for Token {
    fn write_to(&self, writer: &mut Writer) {
        self.incarnation.write_to(writer);
        writer.varint(self.position);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self { incarnation: Incarnation::read_from(reader)?, position: reader.varint()? })
    }
}
