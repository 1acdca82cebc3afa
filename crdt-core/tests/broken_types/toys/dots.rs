//! Dots, and sorted sets of what is made of them, as bytes.

use std::collections::BTreeSet;

use crdt_core::Dot;
use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Writer};

pub(crate) fn write_dot(dot: &Dot, writer: &mut Writer) {
    writer.replica(dot.replica());
    writer.varint(dot.counter());
}

pub(crate) fn read_dot(reader: &mut Reader<'_>) -> Result<Dot, DecodeError> {
    let (replica, counter) = (reader.replica()?, reader.varint()?);
    Dot::new(replica, counter).ok_or_else(|| reader.error(DecodeErrorKind::OutOfRange))
}

pub(crate) fn write_sorted<T>(
    items: &BTreeSet<T>,
    writer: &mut Writer,
    write: impl Fn(&T, &mut Writer),
) {
    writer.count(items.len());
    for item in items {
        write(item, writer);
    }
}

pub(crate) fn read_sorted<T: Ord>(
    reader: &mut Reader<'_>,
    read: impl Fn(&mut Reader<'_>) -> Result<T, DecodeError>,
) -> Result<BTreeSet<T>, DecodeError> {
    let mut items = BTreeSet::new();
    for _ in 0..reader.count()? {
        let item = read(reader)?;
        if items.last().is_some_and(|last| *last >= item) {
            return Err(reader.error(DecodeErrorKind::OutOfOrder));
        }
        items.insert(item);
    }
    Ok(items)
}
