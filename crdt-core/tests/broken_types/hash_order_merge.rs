//! A list of at most two newcomers, kept in a hash set: where there are more, those stay that the
//! hash set names first.
//!
//! Which these are follows from the order in which they came in, not from what they are.

use std::hash::{BuildHasherDefault, Hasher};

use crdt_core::laws::{Author, Model};
use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};
use crdt_core::{Delta, Merge};
use hashbrown::HashSet;

const MOST: usize = 2;

/// A hash with many collisions and without randomness, so that the test is the same every time.
#[derive(Clone, Debug, Default)]
struct Parity(u64);

impl Hasher for Parity {
    fn write(&mut self, bytes: &[u8]) {
        self.0 += bytes.iter().map(|byte| u64::from(byte & 1)).sum::<u64>();
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Newcomers(HashSet<u8, BuildHasherDefault<Parity>>);

impl Newcomers {
    fn sorted(&self) -> Vec<u8> {
        let mut sorted: Vec<u8> = self.0.iter().copied().collect();
        sorted.sort_unstable();
        sorted
    }
}

impl Merge for Newcomers {
    fn merge(&mut self, other: Self) -> bool {
        let before = self.clone();
        self.0.extend(other.0);
        self.0 = self.0.iter().copied().take(MOST).collect();
        *self != before
    }
}

impl Delta for Newcomers {
    type Digest = Vec<u8>;

    fn digest(&self) -> Vec<u8> {
        self.sorted()
    }

    fn delta_since(&self, seen: &Vec<u8>) -> Self {
        Self(self.0.iter().copied().filter(|element| !seen.contains(element)).collect())
    }

    fn is_bottom(&self) -> bool {
        self.0.is_empty()
    }
}

impl Wire for Newcomers {
    fn write_to(&self, writer: &mut Writer) {
        self.sorted().write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let elements = Vec::<u8>::read_from(reader)?;
        if !elements.is_sorted_by(|a, b| a < b) {
            return Err(reader.error(DecodeErrorKind::OutOfOrder));
        }
        Ok(Self(elements.into_iter().collect()))
    }
}

pub(crate) struct NewcomersModel;

impl Model for NewcomersModel {
    type State = Newcomers;
    type Operation = u8;
    type Observed = Vec<u8>;

    fn apply(newcomers: &mut Newcomers, _: &Author, element: &u8) -> Newcomers {
        let delta = Newcomers([*element].into_iter().collect());
        if newcomers.merge(delta.clone()) { delta } else { Newcomers::default() }
    }

    fn observe(newcomers: &Newcomers) -> Vec<u8> {
        newcomers.sorted()
    }
}
