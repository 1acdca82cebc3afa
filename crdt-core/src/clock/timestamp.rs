//! One instant of the hybrid logical clock.

use core::fmt;
use core::str::FromStr;

use crate::wire::{DecodeError, Reader, Wire, Writer};

/// An instant: 48 bits of milliseconds since the Unix epoch and 16 bits of logical counter, in
/// one integer whose order is the order of time.
///
/// The milliseconds last until the year 10,889. When more than 65,536 instants fall into one
/// millisecond the counter carries into the milliseconds, and so stays in order.
///
/// # Examples
///
/// ```
/// use crdt_core::Timestamp;
///
/// let first = Timestamp::from_millis(1_000).expect("within 48 bits");
/// let next = first.next().expect("not the last one");
/// assert!(next > first);
/// assert_eq!((next.millis(), next.logical()), (1_000, 1));
/// assert_eq!(next.to_string(), "1000.1");
/// assert_eq!("1000.1".parse(), Ok(next));
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    const LOGICAL_BITS: u32 = 16;

    /// The earliest instant.
    pub const MIN: Self = Self(0);

    /// The last instant. There is none after it: a clock that has reached it is worn out.
    pub const MAX: Self = Self(u64::MAX);

    /// The first instant of a millisecond since the Unix epoch; `None` from 2^48 on.
    pub const fn from_millis(millis: u64) -> Option<Self> {
        if millis >> 48 == 0 { Some(Self(millis << Self::LOGICAL_BITS)) } else { None }
    }

    /// The instant with these bits: milliseconds in the upper 48, the counter in the lower 16.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Its bits.
    pub const fn to_bits(self) -> u64 {
        self.0
    }

    /// Milliseconds since the Unix epoch.
    pub const fn millis(self) -> u64 {
        self.0 >> Self::LOGICAL_BITS
    }

    /// The logical counter that orders instants of one millisecond.
    pub const fn logical(self) -> u16 {
        (self.0 & 0xffff) as u16
    }

    /// The instant right after this one; `None` after [`MAX`](Timestamp::MAX).
    pub const fn next(self) -> Option<Self> {
        match self.0.checked_add(1) {
            Some(bits) => Some(Self(bits)),
            None => None,
        }
    }
}

/// Milliseconds, a point, the logical counter: `1700000000000.3`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.millis(), self.logical())
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not a timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseTimestampError;

impl fmt::Display for ParseTimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a timestamp is written as milliseconds below 2^48, a point and a counter below 2^16",
        )
    }
}

impl core::error::Error for ParseTimestampError {}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (millis, logical) = text.split_once('.').ok_or(ParseTimestampError)?;
        let millis = millis.parse().map_err(|_| ParseTimestampError)?;
        let logical: u16 = logical.parse().map_err(|_| ParseTimestampError)?;
        let Self(start) = Self::from_millis(millis).ok_or(ParseTimestampError)?;
        Ok(Self(start | u64::from(logical)))
    }
}

impl Wire for Timestamp {
    fn write_to(&self, writer: &mut Writer) {
        self.0.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        u64::read_from(reader).map(Self)
    }
}

/// As text, because readers in JavaScript have no exact integers above 2^53.
#[cfg(feature = "serde")]
impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Timestamp {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = alloc::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
