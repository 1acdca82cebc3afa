//! A set that is encoded in the order in which its elements arrived.
//!
//! Equal sets have different bytes.

use crdt_core::laws::{Author, Model};
use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};
use crdt_core::{Delta, Merge};

#[derive(Clone, Debug, Default)]
pub(crate) struct Arrivals(Vec<u8>);

impl Arrivals {
    fn without(&self, seen: &[u8]) -> Self {
        Self(self.0.iter().copied().filter(|element| !seen.contains(element)).collect())
    }
}

impl PartialEq for Arrivals {
    fn eq(&self, other: &Self) -> bool {
        self.without(&other.0).is_bottom() && other.without(&self.0).is_bottom()
    }
}

impl Merge for Arrivals {
    fn merge(&mut self, other: Self) -> bool {
        let new = other.without(&self.0);
        self.0.extend(&new.0);
        !new.is_bottom()
    }
}

impl Delta for Arrivals {
    type Digest = Vec<u8>;

    fn digest(&self) -> Vec<u8> {
        self.0.clone()
    }

    fn delta_since(&self, seen: &Vec<u8>) -> Self {
        self.without(seen)
    }

    fn is_bottom(&self) -> bool {
        self.0.is_empty()
    }
}

impl Wire for Arrivals {
    fn write_to(&self, writer: &mut Writer) {
        self.0.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let elements = Vec::<u8>::read_from(reader)?;
        let repeats = |(place, element)| elements[..place].contains(element);
        if elements.iter().enumerate().any(repeats) {
            return Err(reader.error(DecodeErrorKind::Invalid("an element is written twice")));
        }
        Ok(Self(elements))
    }
}

pub(crate) struct ArrivalsModel;

impl Model for ArrivalsModel {
    type State = Arrivals;
    type Operation = u8;
    type Observed = Vec<u8>;

    fn apply(set: &mut Arrivals, _: &Author, element: &u8) -> Arrivals {
        let delta = Arrivals(vec![*element]).without(&set.0);
        set.merge(delta.clone());
        delta
    }

    fn observe(set: &Arrivals) -> Vec<u8> {
        let mut elements = set.0.clone();
        elements.sort_unstable();
        elements
    }
}
