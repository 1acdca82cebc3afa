//! What crosses the boundary: values as their canonical bytes, ids and timestamps as text.

use alloc::vec::Vec;

use crdt_core::wire::{Budget, DecodeError, DecodeErrorKind, Reader, Wire};
use crdt_core::{Reading, ReplicaId, Timestamp};
use crdt_document::Value;

use crate::failure::{OrThrow, Result};

/// One value, as `ts/value.ts` writes it.
pub(crate) fn value(bytes: &[u8]) -> Result<Value> {
    Value::decode(bytes).or_throw()
}

/// Several values, as `ts/value.ts` writes them: they are the caller's own, and as many as it likes.
pub(crate) fn values(bytes: &[u8]) -> Result<Vec<Value>> {
    let mut reader = Reader::with_replicas(bytes, &Budget::unbounded(), &[]).or_throw()?;
    let values = read_values(&mut reader).or_throw()?;
    reader.finish().or_throw()?;
    Ok(values)
}

/// Values as `Writer.values` of `ts/wire.ts` writes them: one after the other, or, where all are ASCII
/// text, first the lengths and then all texts as one.
pub(crate) fn read_values(
    reader: &mut Reader<'_>,
) -> core::result::Result<Vec<Value>, DecodeError> {
    if !bool::read_from(reader)? {
        return Vec::read_from(reader);
    }
    let count = reader.count()?;
    let mut lengths = Vec::with_capacity(count);
    for _ in 0..count {
        lengths.push(reader.length()?);
    }
    let sum = lengths.iter().fold(0, |sum: usize, length| sum.saturating_add(*length));
    let all = reader.raw(sum)?;
    let mut rest =
        core::str::from_utf8(all).map_err(|_| reader.error(DecodeErrorKind::InvalidUtf8))?;
    let mut values = Vec::with_capacity(count);
    for length in lengths {
        let split = rest.split_at_checked(length);
        let (text, after) = split.ok_or_else(|| reader.error(DecodeErrorKind::InvalidUtf8))?;
        values.push(Value::from(text));
        rest = after;
    }
    Ok(values)
}

/// Several values, for `ts/value.ts` to read.
pub(crate) fn packed<'a>(values: impl IntoIterator<Item = &'a Value>) -> Vec<u8> {
    values.into_iter().cloned().collect::<Vec<_>>().encode()
}

/// The values that are the same to JavaScript, to which 1 and 1.0 are one number.
pub(crate) fn alike(value: Value) -> (Value, Option<Value>) {
    #[allow(clippy::cast_precision_loss, reason = "only what is exact is taken")]
    let other = match value {
        Value::I64(number) if number.unsigned_abs() <= 1 << 53 => Some(Value::F64(number as f64)),
        _ => None,
    };
    (value, other)
}

/// A replica id, or none from an empty text.
pub(crate) fn replica(text: &str) -> Result<Option<ReplicaId>> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some).or_throw() }
}

pub(crate) fn timestamp(text: &str) -> Result<Timestamp> {
    text.parse().or_throw()
}

/// `Date.now()` and `performance.now()`.
pub(crate) fn reading(wall: f64, monotonic: f64) -> Reading {
    Reading { wall_ms: millis(wall), monotonic_ms: millis(monotonic) }
}

/// Whole milliseconds; 0 for what is below, or is no number.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, which is what is asked for"
)]
pub(crate) const fn millis(time: f64) -> u64 {
    time as u64
}
