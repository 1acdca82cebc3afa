//! One replica of a state, and its links to others.
//!
//! | file | what it answers |
//! |---|---|
//! | `hello` | who is at the other end, and where the two stand |
//! | `receive`, `parts` | what a message brings, and what is longer than one |
//! | `refuse` | what to do when it is not taken in |
//! | `send`, `news`, `deadline` | what a peer is to hear next, and when |
//! | `broadcast` | what is told to everybody at once |
//! | `compare` | what to do when the log does not reach back to where a peer is |
//! | `probes` | what two states differ in |
//! | `join` | how a newcomer comes to have what there is |
//! | `identity` | what to do when an id turns out to be in use twice |
//! | `snapshot` | the replica as bytes, for its store or for others |
//! | `watch` | tokens, durability, lag |

mod broadcast;
mod compare;
mod deadline;
mod hello;
mod identity;
mod join;
mod news;
mod parts;
mod probes;
mod receive;
mod refuse;
mod send;
mod snapshot;
mod watch;

use alloc::collections::{BTreeMap, VecDeque};
use core::fmt;

use crdt_core::{Reading, ReplicaId, Timestamp};

use crate::holding::Holding;
use crate::known::Known;
use crate::link::Link;
use crate::sorted::{SortedMap, SortedSet};
use crate::transfer::{Receiving, Sending};
use crate::{
    Config, Durability, Event, Incarnation, Lattice, Level, OpenError, Opening, Peer, Record,
    Token, TryWriteError, WriteError,
};

/// So many transfers are remembered whose link is down; an older one begins anew.
const MOST_SUSPENDED: usize = 16;

/// Whom this replica has met, connected or not.
#[derive(Clone, Debug)]
struct Acquaintance {
    incarnation: Incarnation,
    /// What it says it durably includes.
    known: Known,
    level: Level,
}

/// One replica of a state: accepts writes, and stays together with its peers.
///
/// It does no I/O. In go local [writes](Replica::write), [bytes](Replica::receive) from peers, the
/// time, and the news that a record is [durable](Replica::persisted); out come
/// [messages](Replica::next_message), [records](Replica::next_record) and
/// [events](Replica::next_event). The host owns sockets, clocks, randomness and the store, and calls
/// [`next_message`](Replica::next_message) until there is none after everything that it puts in, and
/// at the [next deadline](Replica::next_deadline).
///
/// It cannot be cloned: two copies of one replica would write under one name.
///
/// # What is promised
///
/// Whatever is lost, repeated, reordered or cut short on the way, and whenever a process ends:
/// replicas between which messages get through again come to hold equal states, each the merge of
/// every write that became durable anywhere; then they are silent. Peers are authenticated by the
/// host; one that lies can do what any writer can, and is found out where it claims another's
/// writes.
///
/// # Cost
///
/// A change costs each link its bytes and some thirty more. In memory a replica is its state, the
/// log (bounded by [`Config::log_bytes`]), and a few hundred bytes a link; while a peer is compared
/// with or sent a snapshot, the first write copies the state once.
///
/// # Examples
///
/// ```
/// use crdt_core::Reading;
/// use crdt_sets::OrSet;
/// use crdt_sync::{Config, Opening, Peer, Replica};
///
/// let now = Reading::wall(1_700_000_000_000);
/// let mut eu = Replica::<OrSet<String>>::new(&Opening::new(1, now), Config::volatile());
/// let mut us = Replica::<OrSet<String>>::new(&Opening::new(2, now), Config::volatile());
///
/// let token = eu.write(now, |cart, me| cart.add(me, "apple".into()))?;
///
/// // Any transport will do; here it is two calls.
/// let (to_us, to_eu) = (Peer(0), Peer(0));
/// eu.connect(to_us, now);
/// us.connect(to_eu, now);
/// loop {
///     let from_eu: Vec<_> = std::iter::from_fn(|| eu.next_message(now)).collect();
///     let from_us: Vec<_> = std::iter::from_fn(|| us.next_message(now)).collect();
///     if from_eu.is_empty() && from_us.is_empty() {
///         break;
///     }
///     for message in from_eu {
///         us.receive(to_eu, &message.bytes, now)?;
///     }
///     for message in from_us {
///         eu.receive(to_us, &message.bytes, now)?;
///     }
/// }
///
/// assert!(us.covers(&token), "whoever wrote in eu reads it in us");
/// assert!(us.state().contains("apple"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Replica<S> {
    config: Config,
    holding: Holding<S>,
    links: BTreeMap<Peer, Link<S>>,
    met: SortedMap<ReplicaId, Acquaintance>,
    members: SortedSet<ReplicaId>,
    retired: SortedSet<ReplicaId>,
    /// Transfers whose link is down, by the peer's incarnation.
    suspended: SortedMap<Incarnation, (Option<Sending>, Option<Receiving>)>,
    /// Every opening that anybody has told of, for what it continues.
    lineage: Known,
    /// Those of them that show that this store was copied, or restored.
    twins: SortedSet<Incarnation>,
    tokens: SortedSet<Token>,
    writes: SortedSet<(Token, Durability)>,
    events: VecDeque<Event<S>>,
    joining: join::Joining,
    broadcasts: broadcast::Broadcasts,
    has_told_restored: bool,
    /// How many comparisons were begun here.
    comparisons: u32,
    /// Whether there is news of openings, or of who is here.
    has_learnt: bool,
    is_closed: bool,
}

impl<S: Lattice> Replica<S> {
    /// A replica that holds nothing yet.
    pub fn new(opening: &Opening, config: Config) -> Self {
        Self::of(Holding::create(opening, &config), config)
    }

    /// A replica that goes on from what its store holds: the last snapshot, if one was stored, and
    /// the records since, in order. With neither it is a [`new`](Replica::new) one.
    ///
    /// If its store was [closed](Replica::close) in good order it goes on under its id; otherwise
    /// under a new one, as it cannot know what the store has lost.
    ///
    /// Cost: that of merging the records.
    ///
    /// # Errors
    ///
    /// When the store cannot be read: see [`OpenError`].
    pub fn open<'a>(
        snapshot: Option<&[u8]>,
        records: impl IntoIterator<Item = &'a [u8]>,
        opening: &Opening,
        config: Config,
    ) -> Result<Self, OpenError> {
        Ok(Self::of(Holding::reopen(snapshot, records, opening, &config)?, config))
    }

    fn of(holding: Holding<S>, mut config: Config) -> Self {
        config.max_message = config.max_message.max(Config::LEAST_MESSAGE);
        Self {
            lineage: holding.known.clone(),
            twins: holding.known.twins_of(holding.incarnation),
            config,
            holding,
            links: BTreeMap::new(),
            met: SortedMap::default(),
            members: SortedSet::default(),
            retired: SortedSet::default(),
            suspended: SortedMap::default(),
            tokens: SortedSet::default(),
            writes: SortedSet::default(),
            events: VecDeque::new(),
            joining: join::Joining::NotYet,
            broadcasts: broadcast::Broadcasts::default(),
            has_told_restored: false,
            comparisons: 0,
            has_learnt: false,
            is_closed: false,
        }
    }

    /// The state, as readers may see it.
    pub fn state(&self) -> &S {
        self.holding.state()
    }

    /// The id that local writes bear. It changes when it turns out to be in use twice.
    pub const fn id(&self) -> ReplicaId {
        self.holding.id
    }

    /// This opening of the replica.
    pub const fn incarnation(&self) -> Incarnation {
        self.holding.incarnation
    }

    /// The log position: how many changes the state has taken in, its own and others'.
    pub fn position(&self) -> u64 {
        self.holding.position()
    }

    /// Writes: `change` mutates the state in the name of the given id and returns the delta, as
    /// every mutator of the family does. Returns the token of the write; a change that is bottom
    /// changes nothing and returns that of the last.
    ///
    /// The delta is all that peers and the store hear of. What `change` does to the state and leaves
    /// out of it is neither kept nor sent, and nothing tells: such a replica differs from all others,
    /// and from itself once it is opened again. To find that out would take a copy of the state for
    /// each write; the law kit finds it in a type's mutators.
    ///
    /// # Errors
    ///
    /// [`WriteError::Closed`].
    pub fn write(
        &mut self,
        now: Reading,
        change: impl FnOnce(&mut S, ReplicaId) -> S,
    ) -> Result<Token, WriteError> {
        if self.is_closed {
            return Err(WriteError::Closed);
        }
        let me = self.holding.id;
        self.holding.write(|state| change(state, me), now, &self.config);
        self.after_change();
        Ok(self.token())
    }

    /// Writes with a timestamp, for registers whose latest write wins: as
    /// [`write`](Replica::write). Timestamps increase, also across restarts, as far as what bears them
    /// was durable: tell nobody of one before.
    ///
    /// # Errors
    ///
    /// [`WriteError::Closed`], and [`WriteError::Clock`] when there is no timestamp to be had: the
    /// wall clock has jumped ahead, and nobody has [confirmed](Replica::confirm_clock) that.
    pub fn write_stamped(
        &mut self,
        now: Reading,
        change: impl FnOnce(&mut S, ReplicaId, Timestamp) -> S,
    ) -> Result<Token, WriteError> {
        if self.is_closed {
            return Err(WriteError::Closed);
        }
        let stamp = self.holding.stamp(now, &self.config)?;
        self.write(now, |state, me| change(state, me, stamp))
    }

    /// Writes with a timestamp what may fail, and then leaves the state as it was: a transaction, say.
    ///
    /// # Errors
    ///
    /// As [`write_stamped`](Replica::write_stamped), and [`TryWriteError::Change`] with what
    /// `change` failed with.
    pub fn try_write<E>(
        &mut self,
        now: Reading,
        change: impl FnOnce(&mut S, ReplicaId, Timestamp) -> Result<S, E>,
    ) -> Result<Token, TryWriteError<E>> {
        let mut failed = None;
        let written = self.write_stamped(now, |state, me, stamp| {
            change(state, me, stamp).unwrap_or_else(|error| {
                failed = Some(error);
                S::default()
            })
        });
        match failed {
            Some(error) => Err(TryWriteError::Change(error)),
            None => written.map_err(TryWriteError::Write),
        }
    }

    /// Says that the wall clock is right although it jumped ahead.
    pub const fn confirm_clock(&mut self, now: Reading) {
        self.holding.clock.confirm(now);
    }

    /// The next record to persist, if there is one. None with [`Config::volatile`].
    pub fn next_record(&mut self) -> Option<Record> {
        self.holding.journal.next_record()
    }

    /// Says that the records up to the one with this number are durable. The host is believed: writes
    /// count as durable then, and are sent.
    pub fn persisted(&mut self, number: u64) {
        self.holding.persisted(number);
        self.after_change();
    }

    /// Ends this opening in good order: nothing is written or received afterwards. When the last
    /// record is durable, the store can be opened again under the same id.
    pub fn close(&mut self) {
        if !self.is_closed {
            self.is_closed = true;
            self.links.clear();
            self.holding.write_closed();
        }
    }

    /// A connection to a peer is there. Both ends say so: until the other end has greeted,
    /// [`replica_of`](Replica::replica_of) tells of nobody there, and what it says is passed over.
    pub fn connect(&mut self, peer: Peer, now: Reading) {
        self.disconnect(peer);
        if !self.is_closed {
            let session = self.holding.random.draw_u32();
            self.links.insert(peer, Link::new(now.monotonic_ms, session));
        }
    }

    /// The connection is gone. What was being transferred goes on when the two meet again.
    pub fn disconnect(&mut self, peer: Peer) {
        if let Some(link) = self.links.remove(&peer) {
            self.suspend(link);
        }
    }

    /// Keeps what was being transferred, for when the two meet again.
    fn suspend(&mut self, link: Link<S>) {
        if let Some(remote) = link.remote
            && (link.sending.is_some() || link.receiving.is_some())
        {
            if self.suspended.len() >= MOST_SUSPENDED {
                self.suspended.pop_first();
            }
            self.suspended.insert(remote.incarnation, (link.sending, link.receiving));
        }
    }

    /// Whether there is a link of this number.
    pub fn is_connected(&self, peer: Peer) -> bool {
        self.links.contains_key(&peer)
    }

    /// Which replica is at the other end of a link, once it has said so.
    pub fn replica_of(&self, peer: Peer) -> Option<ReplicaId> {
        self.links.get(&peer)?.remote.map(|remote| remote.replica)
    }

    /// The next event, if there is one.
    pub fn next_event(&mut self) -> Option<Event<S>> {
        self.events.pop_front()
    }

    /// How many changes wait in quarantine, because they bear timestamps too far ahead of the local
    /// clock, and how many bytes they take.
    pub fn quarantined(&self) -> (usize, usize) {
        (self.holding.quarantine.len(), self.holding.quarantine.bytes())
    }

    /// Drops what waits in quarantine; returns how many changes that were. It counts as never having
    /// arrived: all links greet anew, and a peer that still holds it offers it again.
    pub fn discard_quarantine(&mut self, now: Reading) -> usize {
        let dropped = self.holding.discard();
        if dropped > 0 {
            self.broadcasts.forget_arrived();
            self.greet_all(now);
        }
        dropped
    }

    /// How many bytes of changes the log holds for peers that have not acknowledged them.
    pub const fn log_bytes(&self) -> usize {
        self.holding.log.bytes()
    }
}

impl<S: Lattice + fmt::Debug> fmt::Debug for Replica<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replica")
            .field("id", &self.holding.id)
            .field("incarnation", &self.holding.incarnation)
            .field("position", &self.holding.position())
            .field("state", self.holding.state())
            .finish_non_exhaustive()
    }
}
