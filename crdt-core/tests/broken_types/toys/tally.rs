//! A plain grow-only counter: a total for each replica.

use std::collections::BTreeMap;
use std::fmt::{self, Debug};
use std::marker::PhantomData;

use crdt_core::laws::{Author, Model};
use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};
use crdt_core::{Admit, AdmitError, Delta, Limits, Merge, ReplicaId};

pub(crate) type Totals = BTreeMap<ReplicaId, u64>;

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

    /// What is written of a digest.
    fn digest_written(totals: &Totals) -> Totals {
        totals.clone()
    }

    /// What is made of a digest that was read.
    fn digest_read(totals: Totals) -> Totals {
        totals
    }

    /// Reads what comes after the totals.
    fn read_end(reader: &mut Reader<'_>) -> Result<(), DecodeError> {
        let _ = reader;
        Ok(())
    }

    /// Whether a total of mine may be claimed, where I have this one.
    fn admits(claimed: u64, mine: u64) -> bool {
        claimed <= mine
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
    fn new(totals: Totals) -> Self {
        Self { totals, design: PhantomData }
    }

    /// The totals that are above those seen.
    pub(crate) fn beyond(&self, seen: &Totals) -> Self {
        let above = |(replica, total): &(&ReplicaId, &u64)| seen.get(*replica) < Some(*total);
        let totals = self.totals.iter().filter(above);
        Self::new(totals.map(|(replica, total)| (*replica, *total)).collect())
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
    type Digest = Digest<D>;

    fn digest(&self) -> Digest<D> {
        Digest(self.clone())
    }

    fn delta_since(&self, Digest(seen): &Digest<D>) -> Self {
        D::delta_since(self, &seen.totals)
    }

    fn is_bottom(&self) -> bool {
        self.totals.is_empty()
    }
}

impl<D: Design> Admit for Tally<D> {
    fn admit(
        &self,
        incoming: &Self,
        me: ReplicaId,
        _now_ms: u64,
        _limits: &Limits,
    ) -> Result<(), AdmitError> {
        let of_mine = |tally: &Self| tally.totals.get(&me).copied().unwrap_or(0);
        let (claimed, held) = (of_mine(incoming), of_mine(self));
        if D::admits(claimed, held) {
            Ok(())
        } else {
            Err(AdmitError::OwnWriteUnknown { replica: me, claimed, held })
        }
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
        D::read_end(reader)?;
        Ok(tally)
    }
}

/// All totals.
#[derive(Default)]
pub(crate) struct Digest<D>(Tally<D>);

impl<D: Design> Wire for Digest<D> {
    fn write_to(&self, writer: &mut Writer) {
        Tally::<D>::new(D::digest_written(&self.0.totals)).write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let read = Tally::<D>::read_from(reader)?;
        Ok(Self(Tally::new(D::digest_read(read.totals))))
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
        Tally::new([(author.replica, *total)].into())
    }

    fn observe(tally: &Tally<D>) -> u64 {
        tally.totals.values().sum()
    }

    fn sequential(increments: &[()]) -> Option<u64> {
        Some(increments.len() as u64)
    }
}
