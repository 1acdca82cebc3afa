//! What happens to messages on their way, and when.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::dice::Dice;
use super::report::{Counts, Traffic};

/// Something that will happen at a time.
#[derive(Clone, Debug)]
pub(super) enum Coming {
    /// A message arrives.
    Message { from: usize, to: usize, connection: u64, bytes: Vec<u8> },
    /// What was said to everybody arrives.
    Broadcast { from: usize, to: usize, bytes: Vec<u8> },
    /// What a host had written to its disk by then is durable.
    Synced { host: usize, opening: u64, written: u64 },
}

/// How messages fare: chances in percent, and the longest delay.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weather {
    pub(super) loss: u64,
    pub(super) repeat: u64,
    pub(super) damage: u64,
    pub(super) delay_ms: u64,
}

impl Weather {
    pub(super) const FINE: Self = Self { loss: 0, repeat: 0, damage: 0, delay_ms: 5 };
}

#[derive(Debug)]
pub(super) struct Network {
    /// By time, and in the order in which they were entered.
    coming: BTreeMap<(u64, u64), Coming>,
    entered: u64,
    pub(super) cut: BTreeSet<(usize, usize)>,
    pub(super) weather: Weather,
    /// Whether messages may overtake one another, and outlive their connection.
    datagrams: bool,
    /// Counts the connections between two, lesser first.
    connections: BTreeMap<(usize, usize), u64>,
    /// When the last message in a direction arrives.
    last: BTreeMap<(usize, usize), u64>,
    pub(super) traffic: Traffic,
    pub(super) counts: Counts,
}

impl Network {
    pub(super) fn new(datagrams: bool) -> Self {
        Self {
            coming: BTreeMap::new(),
            entered: 0,
            cut: BTreeSet::new(),
            weather: Weather::FINE,
            datagrams,
            connections: BTreeMap::new(),
            last: BTreeMap::new(),
            traffic: Traffic::default(),
            counts: Counts::default(),
        }
    }

    pub(super) fn enter(&mut self, at_ms: u64, coming: Coming) {
        self.entered += 1;
        self.coming.insert((at_ms, self.entered), coming);
    }

    pub(super) fn next_at(&self) -> Option<u64> {
        self.coming.first_key_value().map(|((at_ms, _), _)| *at_ms)
    }

    pub(super) fn pop(&mut self) -> Option<Coming> {
        self.coming.pop_first().map(|(_, coming)| coming)
    }

    /// Whether nothing is on its way.
    pub(super) fn is_empty(&self) -> bool {
        self.coming.is_empty()
    }

    /// A new connection between two: without datagrams nothing of the last one arrives any more.
    pub(super) fn connect(&mut self, one: usize, other: usize) {
        *self.connections.entry((one.min(other), one.max(other))).or_default() += 1;
    }

    /// Whether a message arrives that was sent over this connection.
    pub(super) fn carries(&mut self, from: usize, to: usize, connection: u64) -> bool {
        let is_present = connection == self.connection(from, to);
        self.counts.add("a message outlives its connection", u64::from(!is_present));
        (self.datagrams || is_present) && !self.cut.contains(&(from, to))
    }

    fn connection(&self, one: usize, other: usize) -> u64 {
        self.connections.get(&(one.min(other), one.max(other))).copied().unwrap_or_default()
    }

    /// Sends over the connection of two.
    pub(super) fn send(
        &mut self,
        from: usize,
        to: usize,
        bytes: &[u8],
        now_ms: u64,
        dice: &mut Dice,
    ) {
        let connection = self.connection(from, to);
        let coming = |bytes| Coming::Message { from, to, connection, bytes };
        self.carry((from, to), bytes, now_ms, dice, coming);
    }

    /// Sends one who listens what everybody is told.
    pub(super) fn broadcast(
        &mut self,
        from: usize,
        to: usize,
        bytes: &[u8],
        now_ms: u64,
        dice: &mut Dice,
    ) {
        let coming = |bytes| Coming::Broadcast { from, to, bytes };
        self.carry((from, to), bytes, now_ms, dice, coming);
    }

    fn carry(
        &mut self,
        (from, to): (usize, usize),
        bytes: &[u8],
        now_ms: u64,
        dice: &mut Dice,
        coming: impl Fn(Vec<u8>) -> Coming,
    ) {
        self.traffic.count(from, to, bytes, now_ms);
        let Weather { loss, repeat, damage, delay_ms } = self.weather;
        let mut happens = |is_so: bool, what| {
            self.counts.add(what, u64::from(is_so));
            is_so
        };
        let is_cut = happens(self.cut.contains(&(from, to)), "a message is cut off");
        if is_cut || happens(self.datagrams && dice.percent(loss), "a message is lost") {
            return;
        }
        let is_repeated = happens(self.datagrams && dice.percent(repeat), "a message is repeated");
        for _ in 0..=u64::from(is_repeated) {
            let mut at_ms = now_ms + 1 + dice.below(delay_ms);
            let last = self.last.entry((from, to)).or_default();
            if !self.datagrams {
                at_ms = at_ms.max(*last);
            }
            self.counts.add("a message is overtaken", u64::from(at_ms < *last));
            *last = at_ms.max(*last);
            let mut bytes = bytes.to_vec();
            if self.datagrams && dice.percent(damage) {
                self.counts.add("a message is damaged", 1);
                hurt(&mut bytes, dice);
            }
            self.enter(at_ms, coming(bytes));
        }
    }
}

/// Cuts a message short, or changes a bit of it.
fn hurt(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let place = dice.place(bytes.len());
    if dice.percent(50) {
        bytes.truncate(place);
    } else if let Some(byte) = bytes.get_mut(place) {
        *byte ^= 1 << dice.below(8);
    }
}
