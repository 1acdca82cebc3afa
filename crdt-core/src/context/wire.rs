//! The bytes of a context: per replica, ascending, its runs as gaps and lengths.

use super::{CausalContext, Runs};
use crate::Dot;
use crate::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};

impl Wire for Runs {
    /// The number of runs, then for each the counters skipped before it and those in it, both less
    /// what every canonical run has: one in it, and between two runs one skipped.
    fn write_to(&self, writer: &mut Writer) {
        writer.count(self.count());
        let mut expected = 1;
        for run in self.iter() {
            writer.varint(run.start() - expected);
            writer.varint(run.end() - run.start());
            expected = run.end() + 2;
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let count = reader.length()?;
        reader.charge_runs(count)?;
        let mut runs = Self::default();
        let mut expected = 1u64;
        for _ in 0..count {
            let first = expected.checked_add(reader.varint()?);
            let length = reader.varint()?;
            let bounds = first.and_then(|first| Some((first, first.checked_add(length)?)));
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
