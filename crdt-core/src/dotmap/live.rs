//! The bytes that say which of the dots seen of a replica are live.
//!
//! They are written by *rank*, the place of a dot among those seen, so that what was never seen
//! costs nothing: as runs where those are few and long, and as one bit a dot where dots are few or
//! died here and there. The shorter form is the canonical one; of equals, runs.

use smallvec::SmallVec;

use crate::context::Runs;
use crate::wire::{DecodeError, DecodeErrorKind, Reader, Writer};

/// Marks the bitmap; runs begin with twice their number, which is even.
const BITMAP: u64 = 1;

/// Writes which dots of `seen` are those of `live`.
pub(crate) fn write(seen: &Runs, live: &Runs, writer: &mut Writer) {
    let ranks = seen.ranks_of(live);
    match bitmap_size(seen, &ranks) {
        None => {
            writer.varint(2 * ranks.count() as u64);
            ranks.write_bounds(writer);
        }
        Some(size) => {
            writer.varint(BITMAP);
            writer.raw(&to_bits(&ranks, size));
        }
    }
}

/// Which dots of a replica are live, as read.
pub(crate) enum Live<'a> {
    Ranks(Runs),
    Bits(&'a [u8]),
}

impl<'a> Live<'a> {
    /// Reads which dots of `seen` are live: runs within the budget, or bits as they are.
    pub(crate) fn read(seen: &Runs, reader: &mut Reader<'a>) -> Result<Self, DecodeError> {
        let form = reader.varint()?;
        if form == BITMAP {
            let size = usize::try_from(seen.len().div_ceil(8)).unwrap_or(usize::MAX);
            let live = Self::Bits(reader.raw(size)?);
            if live.last() > seen.len() {
                return Err(reader.error(NOT_SEEN));
            }
            if live.bounds_size() <= size {
                return Err(reader.error(NOT_SHORTER));
            }
            return Ok(live);
        }
        if form % 2 != 0 {
            return Err(reader.error(DecodeErrorKind::OutOfRange));
        }
        let ranks = Runs::read_bounds(form / 2, reader)?;
        if ranks.max() > seen.len() {
            return Err(reader.error(NOT_SEEN));
        }
        if bitmap_size(seen, &ranks).is_some() {
            return Err(reader.error(NOT_SHORTER));
        }
        Ok(Self::Ranks(ranks))
    }

    /// How many dots are live.
    pub(crate) fn len(&self) -> u64 {
        match self {
            Self::Ranks(ranks) => ranks.len(),
            Self::Bits(bits) => bits.iter().map(|byte| u64::from(byte.count_ones())).sum(),
        }
    }

    /// Their counters, ascending.
    pub(crate) fn counters(&self, seen: &Runs) -> impl Iterator<Item = u64> {
        seen.at_ranks(self.ranks())
    }

    /// Their counters as runs, taken from the budget.
    pub(crate) fn into_runs(
        self,
        seen: &Runs,
        reader: &mut Reader<'_>,
    ) -> Result<Runs, DecodeError> {
        match &self {
            // Run by run: one may be wider than anything that could be counted through.
            Self::Ranks(ranks) => Ok(seen.runs_at_ranks(ranks)),
            Self::Bits(bits) => {
                reader.charge_runs(runs_in(bits))?;
                Ok(self.counters(seen).collect())
            }
        }
    }

    fn ranks(&self) -> impl Iterator<Item = u64> {
        let (ranks, bits) = match self {
            Self::Ranks(ranks) => (ranks, &[][..]),
            Self::Bits(bits) => (Runs::empty(), *bits),
        };
        ranks.iter().flatten().chain(places(bits))
    }

    fn last(&self) -> u64 {
        match self {
            Self::Ranks(ranks) => ranks.max(),
            Self::Bits(bits) => {
                let after = bits.iter().rposition(|byte| *byte != 0).map_or(0, |at| at + 1);
                let top = after.checked_sub(1).map_or(8, |at| bits[at].leading_zeros());
                (8 * after as u64).saturating_sub(u64::from(top))
            }
        }
    }

    /// How many bytes the bounds of the runs take.
    fn bounds_size(&self) -> usize {
        match self {
            Self::Ranks(ranks) => ranks.bounds_size(),
            Self::Bits(bits) => Runs::bounds_size_of(places(bits)),
        }
    }
}

const NOT_SEEN: DecodeErrorKind = DecodeErrorKind::Invalid("a live dot was not seen");
const NOT_SHORTER: DecodeErrorKind =
    DecodeErrorKind::Invalid("live dots are not in the shorter form");

/// How long the bitmap is, if it is shorter than the runs.
fn bitmap_size(seen: &Runs, ranks: &Runs) -> Option<usize> {
    let size = usize::try_from(seen.len().div_ceil(8)).ok()?;
    // Two bytes a run at least: most are decided without writing them.
    if size == 0 || ranks.count() > size / 2 {
        return (size > 0).then_some(size);
    }
    (ranks.bounds_size() > size).then_some(size)
}

fn to_bits(ranks: &Runs, size: usize) -> SmallVec<[u8; 16]> {
    let mut bits = SmallVec::from_elem(0, size);
    for rank in ranks.iter().flatten() {
        let place = rank - 1;
        if let Some(byte) = usize::try_from(place / 8).ok().and_then(|at| bits.get_mut(at)) {
            *byte |= 1 << (place % 8);
        }
    }
    bits
}

/// How many runs of ones there are, or a few more: what they take is known before they are made.
fn runs_in(bits: &[u8]) -> usize {
    bits.iter().map(|byte| (byte & !(byte << 1)).count_ones() as usize).sum()
}

/// The places, from 1, of the ones.
fn places(bits: &[u8]) -> impl Iterator<Item = u64> {
    (0..).zip(bits).flat_map(|(byte, bits): (u64, &u8)| {
        (0..8).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| 8 * byte + bit + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::{Live, Runs, write};
    use crate::wire::{Budget, DecodeError, Reader, Wire, Writer};

    struct Half(Runs, Runs);

    impl Wire for Half {
        fn write_to(&self, writer: &mut Writer) {
            self.0.write_to(writer);
            write(&self.0, &self.1, writer);
        }

        fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
            let seen = Runs::read_from(reader)?;
            let live = Live::read(&seen, reader)?;
            let count = live.len();
            let live = live.into_runs(&seen, reader)?;
            assert_eq!(live.len(), count);
            Ok(Self(seen, live))
        }
    }

    fn size(seen: u64, live: impl Fn(&u64) -> bool) -> usize {
        let all: Runs = (1..=seen).collect();
        let half = Half(all.clone(), (1..=seen).filter(live).collect());
        let bytes = half.encode();
        let again = Half::decode(&bytes).expect("canonical");
        assert!(again.0 == half.0 && again.1 == half.1);
        bytes.len() - all.encode().len()
    }

    #[test]
    fn the_shorter_form_is_written() {
        assert_eq!(size(100_000, |_| true), 1 + 4, "one run");
        assert_eq!(size(100_000, |_| false), 1, "none");
        assert_eq!(size(100_000, |n| n % 2 == 0), 1 + 12_500, "a bit each");
        assert_eq!(size(100_000, |n| n % 100 != 0), 2 + 2 * 1_000, "a run for each gap");
    }

    #[test]
    fn a_run_of_2_to_the_48_is_read_as_one_run() {
        let mut all = Runs::default();
        all.push(1..=1 << 48);
        let bytes = Half(all.clone(), all.clone()).encode();
        let mut reader = Reader::with_replicas(&bytes, &Budget::default(), &[]).expect("a message");
        let seen = Runs::read_from(&mut reader).expect("runs");
        let live = Live::read(&seen, &mut reader).expect("runs");
        assert_eq!(live.into_runs(&seen, &mut reader), Ok(all));
    }

    #[test]
    fn small_sets_of_every_shape_read_back() {
        for seen in 0..10 {
            for bits in 0..1 << seen {
                size(seen, |n| bits >> (n - 1) & 1 == 1);
            }
        }
    }
}
