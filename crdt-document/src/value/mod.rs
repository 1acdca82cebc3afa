//! The scalars that a document holds.
//!
//! | file | what it answers |
//! |---|---|
//! | `order` | when two values are equal, and which comes first |
//! | `convert` | from and to the types of the language |
//! | `wire` | canonical bytes |
//! | `serde` | interchange for people |
//! | `arbitrary` | few different values, for property tests |

#[cfg(feature = "quickcheck")]
mod arbitrary;
mod convert;
mod order;
#[cfg(feature = "serde")]
mod serde;
mod wire;

use alloc::sync::Arc;
use core::fmt;

/// A scalar: what the sets and registers of a [`Document`](crate::Document) hold.
///
/// Values have a total order, the same everywhere: by kind, in the order of the variants, and
/// within a kind the usual one. Floats order as IEEE 754 `totalOrder` does: −0.0 is another value
/// than 0.0 and comes before it. There is one NaN, and it comes last. An integer never equals a
/// float.
///
/// Text and bytes are shared, so that a clone is cheap.
///
/// # Examples
///
/// ```
/// use crdt_document::Value;
///
/// let name = Value::from("Alice");
/// assert_eq!(name, "Alice");
/// assert_eq!(name.as_str(), Some("Alice"));
/// assert!(Value::from(2) < Value::from(10) && Value::from(10) < Value::from(2.5));
/// assert_eq!(Value::from(f64::NAN), Value::from(-f64::NAN));
/// ```
#[derive(Clone, Default)]
pub enum Value {
    /// Nothing, said on purpose.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    I64(i64),
    /// A floating-point number.
    F64(f64),
    /// Unicode text.
    Text(Arc<str>),
    /// Bytes.
    Bytes(Arc<[u8]>),
}

impl Value {
    /// Whether this is [`Null`](Value::Null).
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The truth value, if this is one.
    pub const fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(truth) => Some(*truth),
            _ => None,
        }
    }

    /// The whole number, if this is one.
    pub const fn as_i64(&self) -> Option<i64> {
        match self {
            Self::I64(number) => Some(*number),
            _ => None,
        }
    }

    /// The floating-point number, if this is one.
    pub const fn as_f64(&self) -> Option<f64> {
        match self {
            Self::F64(number) => Some(*number),
            _ => None,
        }
    }

    /// The text, if this is text.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The bytes, if these are bytes.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

/// As the type that it holds: `"Alice"`, `3`, `2.5`, `[1, 2]`.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(truth) => truth.fmt(f),
            Self::I64(number) => number.fmt(f),
            Self::F64(number) => number.fmt(f),
            Self::Text(text) => text.fmt(f),
            Self::Bytes(bytes) => bytes.fmt(f),
        }
    }
}
