//! A network without faults, whose time is simulated and whose bytes are counted.

#![allow(dead_code, reason = "each test takes what it needs")]

pub(crate) mod shapes;
pub(crate) mod votes;

use std::collections::BTreeMap;

use crdt_core::Reading;
use crdt_sets::OrSet;
use crdt_sync::{Config, Event, Lattice, Message, Opening, Peer, ReceiveError, Replica, Token};

/// The moment at which every test begins.
pub(crate) const START_MS: u64 = 1_700_000_000_000;

/// The state of tests that ask for no particular one.
pub(crate) type Set = OrSet<u64>;

pub(crate) fn add(fleet: &mut Fleet<Set>, number: usize, element: u64) -> Token {
    let now = fleet.now();
    fleet.replicas[number].write(now, |set, me| set.add(me, element)).expect("open")
}

/// In order.
pub(crate) fn elements(fleet: &Fleet<Set>, number: usize) -> Vec<u64> {
    let mut elements: Vec<u64> = fleet.replicas[number].state().iter().copied().collect();
    elements.sort_unstable();
    elements
}

/// All that a replica has to say.
pub(crate) fn said<S: Lattice>(replica: &mut Replica<S>, now: Reading) -> Vec<Message> {
    std::iter::from_fn(|| replica.next_message(now)).collect()
}

/// What one replica has persisted.
#[derive(Clone, Default)]
pub(crate) struct Store {
    pub(crate) snapshot: Option<Vec<u8>>,
    pub(crate) records: Vec<Vec<u8>>,
}

/// What was said to everybody, and how far each has read.
#[derive(Default)]
pub(crate) struct Stream {
    pub(crate) said: Vec<(usize, Vec<u8>)>,
    pub(crate) read: Vec<usize>,
    /// Those who do not read now.
    pub(crate) away: Vec<usize>,
    /// What the stream has lost, by place.
    pub(crate) lost: Vec<usize>,
}

/// Replicas, each linked to those that it is connected with, under their numbers as peers.
pub(crate) struct Fleet<S> {
    pub(crate) replicas: Vec<Replica<S>>,
    pub(crate) stores: Vec<Store>,
    pub(crate) config: Config,
    seed: u128,
    pub(crate) now_ms: u64,
    /// How many bytes went from one to another.
    pub(crate) bytes: BTreeMap<(usize, usize), usize>,
    pub(crate) messages: BTreeMap<(usize, usize), usize>,
    pub(crate) events: Vec<(usize, Event<S>)>,
    /// Whether there are copies of one store, which refuse each other's writes.
    pub(crate) has_copies: bool,
    /// A stream that everybody writes to and reads, if there is one.
    pub(crate) stream: Option<Stream>,
}

impl<S: Lattice> Fleet<S> {
    pub(crate) fn new(count: usize, config: &Config) -> Self {
        Self::with(&vec![config.clone(); count])
    }

    /// A replica for each configuration.
    pub(crate) fn with(configs: &[Config]) -> Self {
        let new = |(number, config): (u128, &Config)| {
            let opening = Opening::new(number, Reading::wall(START_MS));
            Replica::new(&opening, config.clone())
        };
        Self {
            replicas: (1..).zip(configs).map(new).collect(),
            stores: vec![Store::default(); configs.len()],
            config: configs[0].clone(),
            seed: 1_000,
            now_ms: START_MS,
            bytes: BTreeMap::new(),
            messages: BTreeMap::new(),
            events: Vec::new(),
            has_copies: false,
            stream: None,
        }
    }

    pub(crate) fn now(&self) -> Reading {
        Reading::wall(self.now_ms)
    }

    pub(crate) fn connect(&mut self, one: usize, other: usize) {
        let (now, is_listening) = (self.now(), self.stream.is_some());
        for (one, other) in [(one, other), (other, one)] {
            self.replicas[one].connect(Peer(other as u64), now);
            self.replicas[one].set_listening(Peer(other as u64), is_listening);
        }
    }

    /// Has everybody say to a stream what is for all, and read it.
    pub(crate) fn begin_stream(&mut self) {
        self.stream = Some(Stream { read: vec![0; self.replicas.len()], ..Stream::default() });
        self.settle();
    }

    /// What was said to the stream, and is new, reaches those who read.
    fn flow(&mut self) {
        let now = self.now();
        let Some(stream) = &mut self.stream else { return };
        for (from, replica) in self.replicas.iter_mut().enumerate() {
            stream.said.extend(
                std::iter::from_fn(|| replica.next_broadcast(now)).map(|bytes| (from, bytes)),
            );
        }
        for (number, replica) in self.replicas.iter_mut().enumerate() {
            if stream.away.contains(&number) {
                continue;
            }
            for place in stream.read[number]..stream.said.len() {
                let (from, bytes) = &stream.said[place];
                if *from != number && !stream.lost.contains(&place) {
                    replica.receive_broadcast(bytes, now).expect("said by one of the family");
                }
            }
            stream.read[number] = stream.said.len();
        }
    }

    /// Ends a process, however it stands, and opens its store again.
    pub(crate) fn reopen(&mut self, number: usize, store: &Store) {
        self.seed += 1;
        let opening = Opening::new(self.seed, self.now());
        let records = store.records.iter().map(Vec::as_slice);
        let opened =
            Replica::open(store.snapshot.as_deref(), records, &opening, self.config.clone());
        self.replicas[number] = opened.expect("a store in order");
        self.stores[number] = store.clone();
    }

    /// Opens one store in place of all replicas, as if it had been copied.
    pub(crate) fn begin_from(&mut self, store: &Store) {
        (0..self.replicas.len()).for_each(|number| self.reopen(number, store));
    }

    fn written(&self) -> usize {
        self.stores.iter().map(|store| store.records.len()).sum()
    }

    /// Persists all that a replica has written down.
    pub(crate) fn persist(&mut self, number: usize) {
        while let Some(record) = self.replicas[number].next_record() {
            self.stores[number].records.push(record.bytes);
            self.replicas[number].persisted(record.number);
        }
    }

    pub(crate) fn peer(number: usize) -> Peer {
        Peer(number as u64)
    }

    pub(crate) fn connect_all(&mut self) {
        for other in 0..self.replicas.len() {
            for one in 0..other {
                self.connect(one, other);
            }
        }
    }

    pub(crate) fn disconnect(&mut self, one: usize, other: usize) {
        self.replicas[one].disconnect(Peer(other as u64));
        self.replicas[other].disconnect(Peer(one as u64));
    }

    /// Lets every message arrive at once, and time pass from deadline to deadline, for `ms`.
    pub(crate) fn run(&mut self, ms: u64) {
        let end = self.now_ms + ms;
        loop {
            self.settle();
            let deadlines = self.replicas.iter().filter_map(Replica::next_deadline);
            let Some(next) = deadlines.min().filter(|next| *next <= end) else { break };
            assert!(next > self.now_ms, "a deadline that is not met: {next} at {}", self.now_ms);
            self.now_ms = next;
        }
        self.now_ms = end;
    }

    /// Lets every message arrive at once.
    pub(crate) fn settle(&mut self) {
        let now = self.now();
        loop {
            let mut under_way = Vec::new();
            (0..self.replicas.len()).for_each(|number| self.persist(number));
            self.flow();
            for from in 0..self.replicas.len() {
                self.persist(from);
                let replica = &mut self.replicas[from];
                while let Some(message) = replica.next_message(now) {
                    under_way.push((from, message));
                }
            }
            if under_way.is_empty() {
                // What time has brought may still have to be persisted.
                let was = self.written();
                (0..self.replicas.len()).for_each(|number| self.persist(number));
                if self.written() == was {
                    break;
                }
            }
            for (from, message) in under_way {
                let to = usize::try_from(message.to.0).expect("a number");
                *self.bytes.entry((from, to)).or_default() += message.bytes.len();
                *self.messages.entry((from, to)).or_default() += 1;
                let received = self.replicas[to].receive(Peer(from as u64), &message.bytes, now);
                match received {
                    // Sent over a connection that has begun anew since.
                    Ok(()) | Err(ReceiveError::Damaged) => {}
                    Err(ReceiveError::Refused(_)) if self.has_copies => {}
                    Err(why) => panic!("{from} to {to}: {message:?}: {why}"),
                }
            }
        }
        for (number, replica) in self.replicas.iter_mut().enumerate() {
            while let Some(event) = replica.next_event() {
                self.events.push((number, event));
            }
        }
    }

    /// Lets messages arrive late and in any order, and those that do not get through not at all, for
    /// `ms`. None is longer than it may be.
    pub(crate) fn run_through_losses(
        &mut self,
        ms: u64,
        mut gets_through: impl FnMut(usize, usize, &mut dyn FnMut(u64) -> u64) -> bool,
    ) {
        let (most, end) = (self.config.max_message, self.now_ms + ms);
        let mut dice: u64 = 7;
        let mut draw = |sides: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (dice >> 33) % sides
        };
        let (mut under_way, mut stalls) = (Vec::new(), 0);
        while self.now_ms < end {
            let now = self.now();
            for from in 0..self.replicas.len() {
                self.persist(from);
                while let Some(message) = self.replicas[from].next_message(now) {
                    assert!(message.bytes.len() <= most, "{message:?}");
                    let to = usize::try_from(message.to.0).expect("a number");
                    *self.bytes.entry((from, to)).or_default() += message.bytes.len();
                    if gets_through(from, to, &mut draw) {
                        under_way.push((self.now_ms + 1 + draw(60), from, to, message.bytes));
                    }
                }
                while let Some(event) = self.replicas[from].next_event() {
                    self.events.push((from, event));
                }
            }
            under_way.sort_by_key(|(at_ms, ..)| core::cmp::Reverse(*at_ms));
            let deadlines = self.replicas.iter().filter_map(Replica::next_deadline);
            let is_stalled = deadlines.clone().any(|at_ms| at_ms <= self.now_ms);
            stalls = if is_stalled { stalls + 1 } else { 0 };
            assert!(stalls < 10, "a deadline that is not met at {}", self.now_ms);
            let arrival = under_way.last().map(|(at_ms, ..)| *at_ms);
            self.now_ms = deadlines.chain(arrival).min().unwrap_or(end).max(self.now_ms + 1);
            let now = self.now();
            while under_way.last().is_some_and(|(at_ms, ..)| *at_ms <= self.now_ms) {
                let Some((_, from, to, bytes)) = under_way.pop() else { break };
                // What is said over a connection that its receiver does not know yet is refused.
                let _told = self.replicas[to].receive(Peer(from as u64), &bytes, now);
            }
        }
    }

    pub(crate) fn forget_counts(&mut self) {
        self.bytes.clear();
        self.messages.clear();
        self.events.clear();
    }

    pub(crate) fn total(&self) -> usize {
        self.bytes.values().sum()
    }
}

impl<S: Lattice + PartialEq> Fleet<S> {
    pub(crate) fn are_equal(&self) -> bool {
        self.replicas.iter().all(|replica| replica.state() == self.replicas[0].state())
    }
}
