//! A plain grow-only counter: a total for each replica.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::marker::PhantomData;

use crdt_core::laws::{Author, Model};
use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};
use crdt_core::{Delta, Merge, ReplicaId};

type Totals = BTreeMap<ReplicaId, u64>;

#[derive(Clone, Default, PartialEq)]
pub(crate) struct Tally<D> {
    pub(crate) totals: Totals,
    design: PhantomData<D>,
}

impl<D> Debug for Tally<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.totals.fmt(f)
    }
}

/// The decisions in which counters go wrong. What is given here is right.
pub(crate) trait Design: Clone + Debug + Default + PartialEq + 'static {
    fn joined(mine: u64, theirs: u64) -> u64 {
        mine.max(theirs)
    }

    /// Whether totals in this order are taken from bytes.
    fn is_readable(last: ReplicaId, next: ReplicaId) -> bool {
        last < next
    }

    fn delta_since(tally: &Tally<Self>, seen: &Totals) -> Tally<Self> {
        tally.beyond(seen)
    }
}

/// The right one in all respects.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Correct;

impl Design for Correct {}

impl<D: Design> Tally<D> {
    /// The totals that are above those seen.
    pub(crate) fn beyond(&self, seen: &Totals) -> Self {
        let above = |(replica, total): &(&ReplicaId, &u64)| seen.get(*replica) < Some(*total);
        let totals = self.totals.iter().filter(above);
        Self {
            totals: totals.map(|(replica, total)| (*replica, *total)).collect(),
            design: PhantomData,
        }
    }
}

impl<D: Design> Merge for Tally<D> {
    fn merge(&mut self, other: Self) -> bool {
        let before = self.clone();
        for (replica, theirs) in other.totals {
            let mine = self.totals.entry(replica).or_insert(0);
            *mine = D::joined(*mine, theirs);
        }
        *self != before
    }
}

impl<D: Design> Delta for Tally<D> {
    type Digest = Tally<Correct>;

    fn digest(&self) -> Tally<Correct> {
        Tally { totals: self.totals.clone(), design: PhantomData }
    }

    fn delta_since(&self, seen: &Tally<Correct>) -> Self {
        D::delta_since(self, &seen.totals)
    }

    fn is_bottom(&self) -> bool {
        self.totals.is_empty()
    }
}

impl<D: Design> Wire for Tally<D> {
    fn write_to(&self, writer: &mut Writer) {
        writer.count(self.totals.len());
        for (replica, total) in &self.totals {
            writer.replica(*replica);
            writer.varint(*total);
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut tally = Self::default();
        let mut last = None;
        for _ in 0..reader.count()? {
            let (replica, total) = (reader.replica()?, reader.varint()?);
            if last.is_some_and(|last| !D::is_readable(last, replica)) {
                return Err(reader.error(DecodeErrorKind::OutOfOrder));
            }
            if total == 0 {
                return Err(reader.error(DecodeErrorKind::EmptyEntry));
            }
            tally.totals.insert(replica, total);
            last = Some(replica);
        }
        Ok(tally)
    }
}

pub(crate) struct TallyModel<D>(PhantomData<D>);

impl<D: Design> Model for TallyModel<D> {
    type State = Tally<D>;
    type Operation = ();
    type Observed = u64;

    fn apply(tally: &mut Tally<D>, author: &Author, (): &()) -> Tally<D> {
        let total = tally.totals.entry(author.replica).or_insert(0);
        *total += 1;
        Tally { totals: [(author.replica, *total)].into(), design: PhantomData }
    }

    fn observe(tally: &Tally<D>) -> u64 {
        tally.totals.values().sum()
    }

    fn sequential(increments: &[()]) -> Option<u64> {
        Some(increments.len() as u64)
    }
}
