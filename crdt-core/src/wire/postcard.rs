//! Elements and values of any serde type.

use core::fmt;
use core::ops::{Deref, DerefMut};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};

/// Any serde type as an element or value, written with the `postcard` format.
///
/// That equal values write equal bytes is the promise of the type's author: a field of type
/// `HashMap`, say, breaks it, because its order is not a property of its value. Bytes that do
/// not read back to themselves are refused, and the law kit finds what remains.
///
/// **Read bytes from strangers only into types of bounded shape.** Decoding is `postcard`'s, which
/// knows no budget: a type that contains itself (`Box<Self>`) can be nested until the stack is full,
/// and a sequence of items without bytes (`Vec<()>`) can be as long as a number can say. For such
/// types implement [`Wire`], with [`Reader::nested`] where they contain themselves.
///
/// A value that `postcard` cannot write (a sequence of unknown length) is written as no bytes at
/// all, which no reader accepts: use types whose serialization cannot fail.
///
/// # Examples
///
/// ```
/// use crdt_core::wire::{Postcard, Wire};
///
/// #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
/// struct Price { cents: u64, currency: String }
///
/// let price = Postcard(Price { cents: 1999, currency: "EUR".into() });
/// assert_eq!(Postcard::decode(&price.encode())?, price);
/// assert_eq!(price.cents, 1999, "reads like the value inside");
/// # Ok::<(), crdt_core::wire::DecodeError>(())
/// ```
#[derive(
    Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Postcard<T>(pub T);

impl<T: fmt::Debug> fmt::Debug for Postcard<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T> From<T> for Postcard<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for Postcard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Postcard<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Serialize + DeserializeOwned> Wire for Postcard<T> {
    fn write_to(&self, writer: &mut Writer) {
        let bytes = postcard::to_allocvec(&self.0).unwrap_or_default();
        bytes.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let length = reader.length()?;
        let bytes = reader.raw(length)?;
        let refused = DecodeErrorKind::Invalid("a value does not read as the expected serde type");
        let Ok((value, [])) = postcard::take_from_bytes::<T>(bytes) else {
            return Err(reader.error(refused));
        };
        match postcard::to_allocvec(&value) {
            Ok(again) if again == bytes => Ok(Self(value)),
            _ => Err(reader.error(DecodeErrorKind::Invalid("a serde value is not canonical"))),
        }
    }
}
