//! The bytes that say which of the dots seen of a replica are live.
//!
//! They are written by *rank*, the place of a dot among those seen, so that what was never seen
//! costs nothing: as runs where those are few and long, and as one bit a dot where dots are few or
//! died here and there. The shorter form is the canonical one; of equals, runs.

use alloc::vec::Vec;

use crate::context::Runs;
use crate::wire::{DecodeError, DecodeErrorKind, Reader, Writer};

/// Marks the bitmap; runs begin with twice their number, which is even.
const BITMAP: u64 = 1;

/// Writes which dots of `seen` are those of `live`.
pub(super) fn write(seen: &Runs, live: &Runs, writer: &mut Writer) {
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

/// Reads which dots of `seen` are live.
pub(super) fn read(seen: &Runs, reader: &mut Reader<'_>) -> Result<Runs, DecodeError> {
    let form = reader.varint()?;
    let ranks = if form == BITMAP {
        let size = usize::try_from(seen.len().div_ceil(8)).unwrap_or(usize::MAX);
        let bits = reader.raw(size)?;
        reader.charge_runs(runs_in(bits))?;
        from_bits(bits)
    } else if form % 2 == 0 {
        Runs::read_bounds(form / 2, reader)?
    } else {
        return Err(reader.error(DecodeErrorKind::OutOfRange));
    };
    if ranks.max() > seen.len() {
        return Err(reader.error(DecodeErrorKind::Invalid("a live dot was not seen")));
    }
    if bitmap_size(seen, &ranks).is_some() != (form == BITMAP) {
        return Err(reader.error(DecodeErrorKind::Invalid("live dots are not in the shorter form")));
    }
    Ok(seen.at_ranks(&ranks))
}

/// How long the bitmap is, if it is shorter than the runs.
fn bitmap_size(seen: &Runs, ranks: &Runs) -> Option<usize> {
    let size = usize::try_from(seen.len().div_ceil(8)).ok()?;
    // Two bytes a run at least: most are decided without writing them.
    if size == 0 || ranks.count() > size / 2 {
        return (size > 0).then_some(size);
    }
    (ranks.bounds_size() > size).then_some(size)
}

fn to_bits(ranks: &Runs, size: usize) -> Vec<u8> {
    let mut bits = alloc::vec![0; size];
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

fn from_bits(bits: &[u8]) -> Runs {
    let places = (1..).zip(bits).flat_map(|(byte, bits): (u64, &u8)| {
        (0..8).filter(move |bit| bits >> bit & 1 == 1).map(move |bit| 8 * (byte - 1) + bit + 1)
    });
    places.collect()
}

#[cfg(test)]
mod tests {
    use super::{Runs, read, write};
    use crate::wire::{DecodeError, Reader, Wire, Writer};

    struct Half(Runs, Runs);

    impl Wire for Half {
        fn write_to(&self, writer: &mut Writer) {
            self.0.write_to(writer);
            write(&self.0, &self.1, writer);
        }

        fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
            let seen = Runs::read_from(reader)?;
            let live = read(&seen, reader)?;
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
    fn small_sets_of_every_shape_read_back() {
        for seen in 0..10 {
            for bits in 0..1 << seen {
                size(seen, |n| bits >> (n - 1) & 1 == 1);
            }
        }
    }
}
