//! The kinds of state that are simulated.

use std::collections::BTreeMap;

use crdt_core::laws::{Author, Model};
use crdt_core::wire::{DecodeError, Reader, Writer};
use crdt_core::{Admit, AdmitError, Delta, Limits, Merge, ReplicaId, Wire};
use crdt_counters::GCounter;
use crdt_registers::LwwRegister;
use crdt_sets::{GSet, OrSet};

/// Named counters.
pub(crate) struct Counters;

impl Model for Counters {
    type State = BTreeMap<String, GCounter>;
    type Operation = (u8, u8);
    type Observed = BTreeMap<String, u128>;

    fn apply(state: &mut Self::State, author: &Author, (name, by): &(u8, u8)) -> Self::State {
        let name = ["likes", "views", "sales"][usize::from(name % 3)].to_owned();
        let counter = state.entry(name.clone()).or_default();
        let delta = counter.increment_by(author.replica, 1 + u64::from(*by));
        delta.map_or_else(|_| BTreeMap::new(), |delta| BTreeMap::from([(name, delta)]))
    }

    fn observe(state: &Self::State) -> Self::Observed {
        state.iter().map(|(name, counter)| (name.clone(), counter.value())).collect()
    }
}

/// A type without dots beside one with timestamps.
pub(crate) struct TagsAndTitle;

impl Model for TagsAndTitle {
    type State = (GSet<u8>, LwwRegister<u8>);
    type Operation = (bool, u8);
    type Observed = (Vec<u8>, Option<u8>);

    fn apply(state: &mut Self::State, author: &Author, operation: &(bool, u8)) -> Self::State {
        match *operation {
            (true, tag) => (state.0.add(tag), LwwRegister::default()),
            (false, title) => (
                GSet::default(),
                state.1.set(author.replica, author.timestamp, title).unwrap_or_default(),
            ),
        }
    }

    fn observe(state: &Self::State) -> Self::Observed {
        (state.0.iter().copied().collect(), state.1.get().copied())
    }
}

/// A set of long texts, which do not fit into the messages of some worlds.
pub(crate) struct Texts;

impl Model for Texts {
    type State = OrSet<String>;
    type Operation = (bool, u8);
    type Observed = Vec<usize>;

    fn apply(state: &mut Self::State, author: &Author, (adds, text): &(bool, u8)) -> Self::State {
        let text = text % 16;
        let letter = char::from(b'a' + text);
        let text: String = std::iter::repeat_n(letter, 40 << (text % 8)).collect();
        if *adds { state.add(author.replica, text) } else { state.remove(text.as_str()) }
    }

    fn observe(state: &Self::State) -> Self::Observed {
        state.iter().map(String::len).collect()
    }
}

/// A set that grows by many elements at a time: two that differ in a few compare sketches.
pub(crate) struct Crowd;

impl Model for Crowd {
    type State = GSet<u16>;
    type Operation = u8;
    type Observed = usize;

    fn apply(state: &mut Self::State, _: &Author, first: &u8) -> Self::State {
        let elements = (0..40).map(|element| u16::from(*first) * 16 + element);
        elements.fold(GSet::default(), |mut delta, element| {
            delta.merge(state.add(element));
            delta
        })
    }

    fn observe(state: &Self::State) -> usize {
        state.iter().count()
    }
}

/// A type of somebody's own, with no more than it has to have: the highest bid for each lot.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bids(BTreeMap<u8, u64>);

impl Merge for Bids {
    fn merge(&mut self, other: Self) -> bool {
        let mut is_changed = false;
        for (lot, bid) in other.0 {
            let highest = self.0.entry(lot).or_default();
            is_changed |= bid > *highest;
            *highest = bid.max(*highest);
        }
        is_changed
    }
}

impl Delta for Bids {
    type Digest = Vec<(u8, u64)>;

    fn digest(&self) -> Self::Digest {
        self.0.iter().map(|(lot, bid)| (*lot, *bid)).collect()
    }

    fn delta_since(&self, seen: &Self::Digest) -> Self {
        let seen: BTreeMap<u8, u64> = seen.iter().copied().collect();
        let mut news = self.0.clone();
        news.retain(|lot, bid| seen.get(lot).is_none_or(|seen| seen < bid));
        Self(news)
    }

    fn is_bottom(&self) -> bool {
        self.0.is_empty()
    }
}

impl Wire for Bids {
    fn write_to(&self, writer: &mut Writer) {
        writer.count(self.0.len());
        for (lot, bid) in &self.0 {
            lot.write_to(writer);
            bid.write_to(writer);
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut bids = BTreeMap::new();
        for _ in 0..reader.count()? {
            bids.insert(u8::read_from(reader)?, u64::read_from(reader)?);
        }
        Ok(Self(bids))
    }
}

impl Admit for Bids {
    fn admit(
        &self,
        _incoming: &Self,
        _me: ReplicaId,
        _now_ms: u64,
        _limits: &Limits,
    ) -> Result<(), AdmitError> {
        Ok(())
    }
}

/// Bids, and how they are made.
pub(crate) struct Auction;

impl Model for Auction {
    type State = Bids;
    type Operation = (u8, u8);
    type Observed = BTreeMap<u8, u64>;

    fn apply(state: &mut Bids, _: &Author, (lot, by): &(u8, u8)) -> Bids {
        let highest = state.0.entry(lot % 4).or_default();
        *highest += 1 + u64::from(*by);
        Bids(BTreeMap::from([(lot % 4, *highest)]))
    }

    fn observe(state: &Bids) -> BTreeMap<u8, u64> {
        state.0.clone()
    }
}
