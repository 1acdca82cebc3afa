//! What is compared: a set of numbers at either end, and what they stand for.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crdt_core::wire::{DecodeErrorKind, Reader, Wire, Writer};
use crdt_core::{CausalContext, ContentKey, Merge};

use super::ProbeError;
use super::index::Index;

/// What the two ends compare, as this end holds it.
#[derive(Debug)]
pub(super) enum Subject {
    /// The live ones of the dots that both have seen.
    Dots(Dots),
    /// The names of parts, ascending, each once.
    Names(Vec<u64>),
}

/// The dots of both ends.
#[derive(Debug)]
pub(super) struct Dots {
    /// What the other end has seen.
    pub(super) peer: CausalContext,
    /// Whether the other end knows of kills that it does not pass on yet.
    pub(super) peer_withholds: bool,
    /// What both have seen.
    pub(super) common: CausalContext,
    /// What of that is live here.
    pub(super) live: CausalContext,
    index: Index,
}

impl Dots {
    pub(super) fn new(
        peer: CausalContext,
        peer_withholds: bool,
        common: CausalContext,
        live: CausalContext,
    ) -> Self {
        let index = Index::of(&common);
        Self { peer, peer_withholds, common, live, index }
    }
}

/// What one end has and the other not.
#[derive(Debug)]
pub(super) enum Difference {
    Dots {
        /// Live here, dead there.
        mine: CausalContext,
        /// Live there, dead here.
        theirs: CausalContext,
    },
    Names {
        /// Named here alone.
        mine: BTreeSet<u64>,
        /// Named there alone.
        theirs: BTreeSet<u64>,
    },
}

impl Subject {
    /// How many numbers there are here.
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Dots(dots) => dots.live.len(),
            Self::Names(names) => names.len() as u64,
        }
    }

    /// The hash of all of them, by which what is found out of the other end's is verified.
    pub(super) fn hash(&self, key: ContentKey) -> u128 {
        match self {
            Self::Dots(dots) => key.hash(&dots.live),
            Self::Names(names) => key.hash(names),
        }
    }

    /// The numbers: the places of dots, the names of parts.
    pub(super) fn numbers(&self) -> Vec<u64> {
        match self {
            Self::Dots(dots) => dots.index.places(&dots.live),
            Self::Names(names) => names.clone(),
        }
    }

    /// The greatest number that there can be.
    pub(super) const fn greatest(&self) -> u64 {
        match self {
            Self::Dots(dots) => dots.index.len().saturating_sub(1),
            Self::Names(_) => u64::MAX,
        }
    }

    /// How many bytes a number takes.
    pub(super) const fn width(&self) -> usize {
        let bits = 64 - (self.greatest() | 1).leading_zeros();
        bits.div_ceil(8) as usize
    }

    /// How many bytes all numbers take, as [`write`](Subject::write) writes them.
    pub(super) fn plain_size(&self) -> usize {
        match self {
            Self::Dots(_) => {
                let mut writer = Writer::with_replicas(&[]);
                self.write(&mut writer);
                writer.into_parts().0.len()
            }
            Self::Names(names) => 8 * names.len() + 10,
        }
    }

    /// Writes all numbers.
    pub(super) fn write(&self, writer: &mut Writer) {
        match self {
            Self::Dots(dots) => dots.live.write_within(&dots.common, writer),
            Self::Names(names) => names.write_to(writer),
        }
    }

    /// Reads all numbers of the other end.
    pub(super) fn read(&self, reader: &mut Reader<'_>) -> Result<Difference, ProbeError> {
        match self {
            Self::Dots(dots) => {
                let theirs = CausalContext::read_within(&dots.common, reader)?;
                let (mine, theirs) = (dots.live.difference(&theirs), theirs.difference(&dots.live));
                Ok(Difference::Dots { mine, theirs })
            }
            Self::Names(names) => {
                let theirs = Vec::<u64>::read_from(reader)?;
                if !theirs.is_sorted_by(|a, b| a < b) {
                    return Err(reader.error(DecodeErrorKind::OutOfOrder).into());
                }
                let (mine, theirs) =
                    (names.iter().copied().collect(), theirs.into_iter().collect::<BTreeSet<_>>());
                let only =
                    |a: &BTreeSet<u64>, b: &BTreeSet<u64>| a.difference(b).copied().collect();
                Ok(Difference::Names { mine: only(&mine, &theirs), theirs: only(&theirs, &mine) })
            }
        }
    }

    /// What differs, by the numbers that just one end has.
    pub(super) fn split(&self, numbers: &BTreeSet<u64>) -> Difference {
        match self {
            Self::Dots(dots) => {
                let differing = dots.index.dots(numbers.iter().copied());
                let mine = differing.intersection(&dots.live);
                let theirs = differing.difference(&dots.live);
                Difference::Dots { mine, theirs }
            }
            Self::Names(names) => {
                let is_mine = |name: &u64| names.binary_search(name).is_ok();
                let (mine, theirs) = numbers.iter().copied().partition(is_mine);
                Difference::Names { mine, theirs }
            }
        }
    }

    /// The hash of what the other end has, if that is what differs.
    pub(super) fn hash_of_other(&self, difference: &Difference, key: ContentKey) -> u128 {
        match (self, difference) {
            (Self::Dots(dots), Difference::Dots { mine, theirs }) => {
                let mut other = dots.live.difference(mine);
                other.merge_ref(theirs);
                key.hash(&other)
            }
            (Self::Names(names), Difference::Names { mine, theirs }) => {
                key.hash(&other_names(names, mine, theirs))
            }
            _ => 0,
        }
    }
}

/// The names at the other end, ascending.
pub(super) fn other_names(names: &[u64], mine: &BTreeSet<u64>, theirs: &BTreeSet<u64>) -> Vec<u64> {
    let common = names.iter().filter(|name| !mine.contains(name));
    let mut other: Vec<u64> = common.chain(theirs).copied().collect();
    other.sort_unstable();
    other
}
