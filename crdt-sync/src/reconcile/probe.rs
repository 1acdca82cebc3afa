//! The bytes of probes: a version, a tag, and what belongs to it.
//!
//! Probes of a session come in order and none is lost, so the replica ids that one has mentioned
//! need not be written out in the next: each continues the dictionary.

use alloc::vec::Vec;

use crdt_core::ReplicaId;
use crdt_core::wire::{Budget, DecodeError, DecodeErrorKind, Reader, Writer};

use super::ProbeError;
use crate::sketch::{COUNTED, Cell};

/// What a probe says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// The digest of a state.
    Digest,
    /// A key, and the dots seen: the first of a session on a type with dots.
    Seen,
    /// The dots seen, and the hash and the number of the live ones in common: the answer.
    Content,
    /// A key, and how many parts there are, with the hash of their names: the first of a session on
    /// a type with parts.
    Parts,
    /// All is the same but for what has been told.
    Same,
    /// How many numbers there are here, for the other end to tell its own.
    Turn,
    /// The first cells of a sketch.
    First,
    /// The next cells.
    Cells,
    /// All numbers.
    Plain,
    /// Asks for so many more cells.
    More,
    /// Asks for all numbers.
    Plainly,
    /// It has been found out what differs; asks for what is lacking.
    Found,
}

const TAGS: [Tag; 12] = [
    Tag::Digest,
    Tag::Seen,
    Tag::Content,
    Tag::Parts,
    Tag::Same,
    Tag::Turn,
    Tag::First,
    Tag::Cells,
    Tag::Plain,
    Tag::More,
    Tag::Plainly,
    Tag::Found,
];

/// What kind of probe this is, in words.
#[cfg(feature = "simulate")]
pub(crate) fn kind(probe: &[u8]) -> &'static str {
    let tag = probe.get(1).and_then(|tag| TAGS.get(usize::from(*tag)));
    match tag {
        Some(Tag::Digest) => "probe Digest",
        Some(Tag::Seen) => "probe Seen",
        Some(Tag::Content) => "probe Content",
        Some(Tag::Parts) => "probe Parts",
        Some(Tag::Same) => "probe Same",
        Some(Tag::Turn) => "probe Turn",
        Some(Tag::First) => "probe First cells",
        Some(Tag::Cells) => "probe Cells",
        Some(Tag::Plain) => "probe Plain",
        Some(Tag::More) => "probe More",
        Some(Tag::Plainly) => "probe Plainly",
        Some(Tag::Found) => "probe Found",
        None => "probe of no kind",
    }
}

/// A probe that begins with this tag.
pub(super) fn begin(tag: Tag, agreed: &[ReplicaId]) -> Writer {
    let mut writer = Writer::with_replicas(agreed);
    let place = TAGS.iter().position(|other| *other == tag).unwrap_or_default();
    writer.count(place);
    writer
}

/// Opens a probe.
pub(super) fn open<'a>(
    probe: &'a [u8],
    agreed: &[ReplicaId],
) -> Result<(Tag, Reader<'a>), ProbeError> {
    let mut reader = Reader::with_replicas(probe, &Budget::default(), agreed)?;
    let tag = reader.byte()?;
    match TAGS.get(usize::from(tag)) {
        Some(tag) => Ok((*tag, reader)),
        None => Err(reader.error(DecodeErrorKind::UnknownTag(tag)).into()),
    }
}

/// Writes cells, each with a sum of so many bytes.
pub(super) fn write_cells(cells: &[Cell], width: usize, writer: &mut Writer) {
    for cell in cells {
        writer.raw(&cell.sum.to_le_bytes()[..width]);
        writer.raw(&cell.check.to_le_bytes());
    }
}

/// Reads so many cells.
pub(super) fn read_cells(
    count: usize,
    width: usize,
    reader: &mut Reader<'_>,
) -> Result<Vec<Cell>, DecodeError> {
    if count > reader.remaining() / (width + 4) {
        return Err(reader.error(DecodeErrorKind::UnexpectedEnd));
    }
    let mut cells = Vec::with_capacity(count);
    for _ in 0..count {
        let mut sum = [0; 8];
        sum[..width].copy_from_slice(reader.raw(width)?);
        let check = u32::from_le_bytes(reader.array()?);
        cells.push(Cell { sum: u64::from_le_bytes(sum), check, count: 0 });
    }
    Ok(cells)
}

/// Writes the counts of the first cells.
pub(super) fn write_counts(cells: &[Cell], writer: &mut Writer) {
    for cell in cells.iter().take(COUNTED) {
        writer.varint(cell.count);
    }
}

/// Reads the counts of the first cells.
pub(super) fn read_counts(cells: &mut [Cell], reader: &mut Reader<'_>) -> Result<(), DecodeError> {
    for cell in cells.iter_mut().take(COUNTED) {
        cell.count = reader.varint()?;
    }
    Ok(())
}

/// Writes ascending numbers, each by how far it is from the one before.
pub(super) fn write_places(places: &[u64], writer: &mut Writer) {
    writer.count(places.len());
    let mut expected = 0;
    for place in places {
        writer.varint(place - expected);
        expected = place + 1;
    }
}

/// Reads ascending numbers below `bound`.
pub(super) fn read_places(bound: u64, reader: &mut Reader<'_>) -> Result<Vec<u64>, DecodeError> {
    let mut places = Vec::new();
    let mut expected = 0u64;
    for _ in 0..reader.count()? {
        let place = expected.checked_add(reader.varint()?).filter(|place| *place < bound);
        let Some(place) = place else {
            return Err(reader.error(DecodeErrorKind::OutOfRange));
        };
        places.push(place);
        expected = place + 1;
    }
    Ok(places)
}
