//! Equality, order and hash of values agree: each looks at the same canonical content.

use core::cmp::Ordering;
use core::hash::{Hash, Hasher};

use super::Value;

/// The one NaN: quiet, positive, without payload.
const NAN: u64 = 0x7ff8_0000_0000_0000;

/// The bits of a float, with one NaN for all.
pub(super) const fn canonical_bits(number: f64) -> u64 {
    if number.is_nan() { NAN } else { number.to_bits() }
}

impl Value {
    /// The place of the variant in the order of kinds.
    const fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::I64(_) => 2,
            Self::F64(_) => 3,
            Self::Text(_) => 4,
            Self::Bytes(_) => 5,
        }
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(mine), Self::Bool(theirs)) => mine.cmp(theirs),
            (Self::I64(mine), Self::I64(theirs)) => mine.cmp(theirs),
            (Self::F64(mine), Self::F64(theirs)) => {
                let canonical = |number| f64::from_bits(canonical_bits(number));
                canonical(*mine).total_cmp(&canonical(*theirs))
            }
            (Self::Text(mine), Self::Text(theirs)) => mine.cmp(theirs),
            (Self::Bytes(mine), Self::Bytes(theirs)) => mine.cmp(theirs),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Value {}

/// Text, which most values are, is hashed as text is, without its rank.
impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Text(text) => return text.hash(state),
            other => other.rank().hash(state),
        }
        match self {
            Self::Null | Self::Text(_) => {}
            Self::Bool(truth) => truth.hash(state),
            Self::I64(number) => number.hash(state),
            Self::F64(number) => canonical_bits(*number).hash(state),
            Self::Bytes(bytes) => bytes.hash(state),
        }
    }
}

macro_rules! equals {
    ($($kind:ty => $read:ident),* $(,)?) => {$(
        impl PartialEq<$kind> for Value {
            fn eq(&self, other: &$kind) -> bool {
                self.$read() == Some(other)
            }
        }
    )*};
}

equals!(str => as_str, [u8] => as_bytes);

impl PartialEq<&str> for Value {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

macro_rules! equals_number {
    ($($kind:ty => $variant:ident),* $(,)?) => {$(
        impl PartialEq<$kind> for Value {
            fn eq(&self, other: &$kind) -> bool {
                self.cmp(&Self::$variant((*other).into())).is_eq()
            }
        }

        /// So that what is iterated by reference compares as well.
        impl PartialEq<$kind> for &Value {
            fn eq(&self, other: &$kind) -> bool {
                **self == *other
            }
        }
    )*};
}

equals_number!(bool => Bool, i32 => I64, i64 => I64, f64 => F64);
