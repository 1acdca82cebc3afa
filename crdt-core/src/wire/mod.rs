//! Canonical bytes.
//!
//! A message is one version byte and the body of one value; `docs/FORMAT.md` of the repository has
//! every form. Equal states encode to equal bytes, and decoding accepts only what encoding would
//! have written: trailing bytes, integers longer than they need be, unsorted keys and repeated
//! entries are refused. So bytes can be compared, hashed and signed in place of the states.
//!
//! Integers have a fixed width and come least significant byte first; counts, counters and
//! lengths are varints (seven bits a byte, least significant first). Replica ids are written out
//! once a message: `0` and sixteen bytes at the first mention, afterwards `n` for the `n`-th id
//! mentioned. Two ends of a link may agree on ids that count as mentioned from the beginning
//! ([`encode_with`]).
//!
//! Decoding hostile bytes never panics, runs in time linear in the input, and allocates in
//! proportion to the input and within a [`Budget`]. A rejected message changes nothing.
//!
//! What is written into elements and values of the application's own types is up to their
//! [`Wire`] implementation, which keeps these promises if it reads by the means of [`Reader`] alone.
//! Types that have serde's traits instead go through [`Postcard`] (feature `postcard`), whose
//! documentation says what does not hold for them.

mod budget;
mod dictionary;
mod error;
mod lattices;
#[cfg(feature = "postcard")]
mod postcard;
mod reader;
mod scalars;
mod writer;

use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::ReplicaId;

pub use budget::Budget;
pub use error::{DecodeError, DecodeErrorKind};
#[cfg(feature = "postcard")]
pub use postcard::Postcard;
pub use reader::Reader;
pub use writer::Writer;
pub(crate) use writer::varint_size;

/// The format that this version writes, and the only one it reads so far.
pub const VERSION: u8 = 1;

/// A value with canonical bytes.
///
/// Implemented for integers of fixed width, `bool`, `char`, strings, vectors, arrays, tuples,
/// `Option`, UUIDs, maps of lattices and all types of the family. Not for floats, whose equality is
/// not that of their bytes, nor for `usize`, whose width is the machine's; nor for sets and plain maps,
/// which as values of a register are a `Vec` in order. An implementation promises that equal values write equal bytes
/// and different values different ones, and that `read_from` refuses bytes that `write_to` would
/// not have written; the law kit checks both.
///
/// # Examples
///
/// ```
/// use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};
///
/// #[derive(Debug, PartialEq)]
/// struct Price {
///     cents: u64,
///     currency: String,
/// }
///
/// impl Wire for Price {
///     fn write_to(&self, writer: &mut Writer) {
///         self.cents.write_to(writer);
///         self.currency.write_to(writer);
///     }
///     fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
///         Ok(Self { cents: u64::read_from(reader)?, currency: String::read_from(reader)? })
///     }
/// }
///
/// let price = Price { cents: 1999, currency: "EUR".into() };
/// let bytes = price.encode();
/// assert_eq!(Price::decode(&bytes)?, price);
///
/// let truncated = Price::decode(&bytes[..5]).unwrap_err();
/// assert_eq!(truncated.kind(), &DecodeErrorKind::UnexpectedEnd);
/// # Ok::<(), DecodeError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no canonical bytes: the trait `Wire` is not implemented for it",
    note = "implement `Wire` by hand, or wrap the type in `wire::Postcard` (feature `postcard`)"
)]
pub trait Wire: Sized {
    /// Appends the canonical body of this value.
    fn write_to(&self, writer: &mut Writer);

    /// Reads one value.
    ///
    /// # Errors
    ///
    /// When the bytes are not what [`write_to`](Wire::write_to) writes for any value.
    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// The canonical message: the version byte and the body. Cost: linear in its length.
    fn encode(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        self.write_to(&mut writer);
        writer.into_bytes()
    }

    /// Reads a whole message within the default [`Budget`].
    ///
    /// # Errors
    ///
    /// When the bytes are not a message that [`encode`](Wire::encode) writes for any value of
    /// this type, when their version is not known, or when they exceed the budget.
    fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        Self::decode_within(bytes, &Budget::default())
    }

    /// Reads a whole message within `budget`.
    ///
    /// # Errors
    ///
    /// As [`decode`](Wire::decode).
    fn decode_within(bytes: &[u8], budget: &Budget) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes, budget)?;
        let value = Self::read_from(&mut reader)?;
        reader.finish()?;
        Ok(value)
    }

    /// Appends all of `items`, without their number. Bytes do it in one copy.
    #[doc(hidden)]
    fn write_all(items: &[Self], writer: &mut Writer) {
        for item in items {
            item.write_to(writer);
        }
    }

    /// Reads `count` values.
    #[doc(hidden)]
    fn read_all(count: usize, reader: &mut Reader<'_>) -> Result<Vec<Self>, DecodeError> {
        reader.charge_items(count)?;
        let mut items = Vec::new();
        for _ in 0..count {
            items.push(Self::read_from(reader)?);
        }
        Ok(items)
    }
}

/// Orders two values by their canonical bytes: the last resort of every tie in the family.
///
/// Cost: encodes both. Only values that differ under one name, stamp or dot come here.
pub fn canonical_cmp<T: Wire>(a: &T, b: &T) -> Ordering {
    a.encode().cmp(&b.encode())
}

/// A message for a link on which replica ids have been agreed: those are not written out but take
/// two bytes or fewer each, as a rule. Returns the bytes and the ids that this message mentions
/// besides; once it is known to have arrived they can be agreed too, in that order.
///
/// ```
/// use crdt_core::wire::{Budget, DecodeError, Wire, decode_with, encode_with};
/// use crdt_core::{DotMap, ReplicaId};
///
/// let me = ReplicaId::from_u128(1);
/// let mut map = DotMap::<u8, ()>::new();
/// map.write(me, 7, ());
///
/// let (first, mentioned) = encode_with(&map, &[]);
/// assert_eq!(mentioned, [me]);
///
/// let (again, besides) = encode_with(&map, &[me]);
/// assert_eq!((first.len() - again.len(), besides.len()), (16, 0));
/// assert_eq!(decode_with(&again, &Budget::default(), &[me])?, (map, vec![]));
/// # Ok::<(), DecodeError>(())
/// ```
pub fn encode_with<T: Wire>(value: &T, agreed: &[ReplicaId]) -> (Vec<u8>, Vec<ReplicaId>) {
    let mut writer = Writer::with_replicas(agreed);
    value.write_to(&mut writer);
    let (bytes, mut mentioned) = writer.into_parts();
    mentioned.drain(..agreed.len());
    (bytes, mentioned)
}

/// Reads a message that [`encode_with`] wrote, given the same ids; returns the value and the ids
/// that it mentions besides.
///
/// # Errors
///
/// As [`Wire::decode`].
pub fn decode_with<T: Wire>(
    bytes: &[u8],
    budget: &Budget,
    agreed: &[ReplicaId],
) -> Result<(T, Vec<ReplicaId>), DecodeError> {
    let mut reader = Reader::with_replicas(bytes, budget, agreed)?;
    let value = T::read_from(&mut reader)?;
    let mentioned = reader.replicas()[agreed.len()..].to_vec();
    reader.finish()?;
    Ok((value, mentioned))
}
