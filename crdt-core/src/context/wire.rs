//! The bytes of a context: per replica, ascending, its runs as gaps and lengths.

use core::ops::RangeInclusive;

use super::{CausalContext, Runs};
use crate::Dot;
use crate::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer, varint_size};

/// The number of runs, then their bounds.
impl Wire for Runs {
    fn write_to(&self, writer: &mut Writer) {
        writer.count(self.count());
        self.write_bounds(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let count = reader.varint()?;
        Self::read_bounds(count, reader)
    }
}

impl Runs {
    /// For each run the counters skipped before it and those in it, both less what every canonical
    /// run has: one in it, and between two runs one skipped.
    pub(crate) fn write_bounds(&self, writer: &mut Writer) {
        for (skipped, more) in self.bounds() {
            writer.varint(skipped);
            writer.varint(more);
        }
    }

    /// How many bytes the bounds take.
    pub(crate) fn bounds_size(&self) -> usize {
        size_of_bounds(self.bounds())
    }

    /// How many bytes the bounds of the runs of these ascending counters take.
    pub(crate) fn bounds_size_of(counters: impl Iterator<Item = u64>) -> usize {
        size_of_bounds(bounds_of(runs_of(counters)))
    }

    pub(crate) fn read_bounds(count: u64, reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        // Each takes two bytes at least.
        let fitting = usize::try_from(count).ok().filter(|count| *count <= reader.remaining() / 2);
        let Some(count) = fitting else {
            return Err(reader.error(DecodeErrorKind::UnexpectedEnd));
        };
        reader.charge_runs(count)?;
        let mut runs = Self::default();
        let mut expected = 1u64;
        for _ in 0..count {
            let first = expected.checked_add(reader.varint()?);
            let more = reader.varint()?;
            let bounds = first.and_then(|first| Some((first, first.checked_add(more)?)));
            match bounds {
                Some((first, last)) if last <= Dot::MAX_COUNTER => {
                    runs.push(first..=last);
                    expected = last + 2;
                }
                _ => return Err(reader.error(DecodeErrorKind::OutOfRange)),
            }
        }
        Ok(runs)
    }

    fn bounds(&self) -> impl Iterator<Item = (u64, u64)> {
        bounds_of(self.iter().map(RangeInclusive::into_inner))
    }
}

fn size_of_bounds(bounds: impl Iterator<Item = (u64, u64)>) -> usize {
    bounds.map(|(skipped, more)| varint_size(skipped) + varint_size(more)).sum()
}

fn bounds_of(runs: impl Iterator<Item = (u64, u64)>) -> impl Iterator<Item = (u64, u64)> {
    let mut expected = 1;
    runs.map(move |(first, last)| {
        let bounds = (first - expected, last - first);
        expected = last + 2;
        bounds
    })
}

/// Ascending counters as runs, one after the other.
fn runs_of(counters: impl Iterator<Item = u64>) -> impl Iterator<Item = (u64, u64)> {
    let mut counters = counters.peekable();
    core::iter::from_fn(move || {
        let first = counters.next()?;
        let mut last = first;
        while let Some(next) = counters.next_if(|counter| *counter == last + 1) {
            last = next;
        }
        Some((first, last))
    })
}

impl Wire for CausalContext {
    fn write_to(&self, writer: &mut Writer) {
        writer.count(self.replicas.len());
        for (replica, runs) in self.entries() {
            writer.replica(replica);
            runs.write_to(writer);
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut context = Self::new();
        for _ in 0..reader.count()? {
            let replica = reader.replica()?;
            if context.replicas.last().is_some_and(|(last, _)| *last >= replica) {
                return Err(reader.error(DecodeErrorKind::OutOfOrder));
            }
            let runs = Runs::read_from(reader)?;
            if runs.is_empty() {
                return Err(reader.error(DecodeErrorKind::EmptyEntry));
            }
            context.push(replica, runs);
        }
        Ok(context)
    }
}
