//! Which data may go where.
//!
//! The law may bind data to a place. A filter on the way out is not enough: a replica that claims
//! to know of what was filtered away kills it at others, and whoever relays has to filter too. So a
//! *scope* is a replica of its own, with its own state, ids, log and what it includes, and it is
//! never linked to a peer that may not hold it. What crosses a link names its scope; a peer that
//! names one which it may not hold is told the same as if there were none of that name.

mod error;
mod holders;
mod relocate;
mod wire;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crdt_core::Reading;

use crate::{Event, Lattice, Message, Peer, Record, Replica};

pub use error::ScopeError;
pub use holders::Holders;
pub use relocate::RelocateError;

struct Scope<S> {
    replica: Replica<S>,
    holders: Holders,
}

/// Several replicas, each of a scope, over one link to each peer.
///
/// Cost: every message carries the name of its scope.
///
/// # Examples
///
/// ```
/// use crdt_core::Reading;
/// use crdt_sets::OrSet;
/// use crdt_sync::{Config, Holders, Opening, Peer, Replica, Scopes};
///
/// let now = Reading::wall(1_700_000_000_000);
/// let replica = |seed| Replica::<OrSet<String>>::new(&Opening::new(seed, now), Config::volatile());
///
/// let mut frankfurt = Scopes::new();
/// frankfurt.add("patients", replica(1), Holders::only(["frankfurt", "dublin"]), now);
/// frankfurt.add("catalogue", replica(2), Holders::anyone(), now);
///
/// // The host has authenticated its peers, and says which of them is where.
/// let (dublin, virginia) = (Peer(1), Peer(2));
/// frankfurt.connect(dublin, "dublin", now);
/// frankfurt.connect(virginia, "virginia", now);
///
/// let mut told = std::collections::BTreeMap::new();
/// while let Some(message) = frankfurt.next_message(now) {
///     *told.entry(message.to).or_insert(0) += 1;
/// }
/// assert_eq!((told[&dublin], told[&virginia]), (2, 1));
/// ```
pub struct Scopes<S> {
    by_name: BTreeMap<String, Scope<S>>,
    /// Who is at the other end of each link, as the host vouches.
    peers: BTreeMap<Peer, String>,
    /// Refusals to be told.
    refusals: Vec<(Peer, String)>,
    /// The scopes whose records come before those of others, the last first.
    first: Vec<String>,
}

impl<S> Default for Scopes<S> {
    fn default() -> Self {
        Self {
            by_name: BTreeMap::new(),
            peers: BTreeMap::new(),
            refusals: Vec::new(),
            first: Vec::new(),
        }
    }
}

impl<S: Lattice> Scopes<S> {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a scope, before any peer is connected or after; returns the replica that it replaces.
    pub fn add(
        &mut self,
        name: impl Into<String>,
        mut replica: Replica<S>,
        holders: Holders,
        now: Reading,
    ) -> Option<Replica<S>> {
        for (peer, _) in self.peers.iter().filter(|(_, place)| holders.include(place)) {
            replica.connect(*peer, now);
        }
        self.by_name.insert(name.into(), Scope { replica, holders }).map(|scope| scope.replica)
    }

    /// The names of the scopes, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// The replica of a scope.
    pub fn get(&self, name: &str) -> Option<&Replica<S>> {
        self.by_name.get(name).map(|scope| &scope.replica)
    }

    /// The replica of a scope, to write to. Links are connected and messages exchanged by the
    /// methods of this type.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Replica<S>> {
        self.by_name.get_mut(name).map(|scope| &mut scope.replica)
    }

    /// Says who may hold a scope from now on: links to others end at once. What they hold already,
    /// nobody can take back. Tells whether there is such a scope.
    pub fn set_holders(&mut self, name: &str, holders: Holders, now: Reading) -> bool {
        let Some(scope) = self.by_name.get_mut(name) else { return false };
        for (peer, place) in &self.peers {
            match (scope.holders.include(place), holders.include(place)) {
                (true, false) => scope.replica.disconnect(*peer),
                (false, true) => scope.replica.connect(*peer, now),
                _ => {}
            }
        }
        scope.holders = holders;
        true
    }

    /// A connection to a peer is there, which the host has authenticated as the one of this name.
    /// Both ends say so.
    pub fn connect(&mut self, peer: Peer, name: impl Into<String>, now: Reading) {
        self.disconnect(peer);
        let name = name.into();
        for scope in self.by_name.values_mut().filter(|scope| scope.holders.include(&name)) {
            scope.replica.connect(peer, now);
        }
        self.peers.insert(peer, name);
    }

    /// The connection is gone.
    pub fn disconnect(&mut self, peer: Peer) {
        self.peers.remove(&peer);
        self.refusals.retain(|(refused, _)| *refused != peer);
        for scope in self.by_name.values_mut() {
            scope.replica.disconnect(peer);
        }
    }

    /// Takes in a message from a peer; returns the name of the scope that it was for.
    ///
    /// # Errors
    ///
    /// [`ScopeError::Unavailable`] when there is no such scope *or* the peer may not hold it, which
    /// is told apart neither here nor there; otherwise what the scope's replica says. Nothing was
    /// changed.
    pub fn receive(&mut self, peer: Peer, bytes: &[u8], now: Reading) -> Result<&str, ScopeError> {
        let Some(place) = self.peers.get(&peer) else { return Err(ScopeError::UnknownPeer) };
        match wire::read(bytes)? {
            wire::Scoped::Refused { name } => {
                if let Some(scope) = self.by_name.get_mut(&name) {
                    // Should the peer come to hold it, it will say so.
                    scope.replica.disconnect(peer);
                }
                Err(ScopeError::RefusedByPeer { name })
            }
            wire::Scoped::Message { name, bytes } => {
                let scope = self.by_name.get_key_value(&name);
                let scope = scope.filter(|(_, scope)| scope.holders.include(place));
                if scope.is_none() {
                    if !self.refusals.iter().any(|(to, told)| *to == peer && *told == name) {
                        self.refusals.push((peer, name.clone()));
                    }
                    return Err(ScopeError::Unavailable { name });
                }
                let Some(scope) = self.by_name.get_mut(&name) else {
                    return Err(ScopeError::Unavailable { name });
                };
                if !scope.replica.is_connected(peer) {
                    scope.replica.connect(peer, now);
                }
                let received = scope.replica.receive(peer, bytes, now);
                received.map_err(|error| ScopeError::Receive { name: name.clone(), error })?;
                self.by_name.get_key_value(&name).map_or(Ok(""), |(name, _)| Ok(name.as_str()))
            }
        }
    }

    /// The next message to send, if there is one: see [`Replica::next_message`].
    pub fn next_message(&mut self, now: Reading) -> Option<Message> {
        if let Some((to, name)) = self.refusals.pop() {
            return Some(Message { to, bytes: wire::refuse(&name) });
        }
        self.by_name.iter_mut().find_map(|(name, scope)| {
            let Message { to, bytes } = scope.replica.next_message(now)?;
            Some(Message { to, bytes: wire::wrap(name, &bytes) })
        })
    }

    /// When [`next_message`](Scopes::next_message) is to be asked again at the latest, in
    /// milliseconds of the monotonic clock.
    pub fn next_deadline(&self) -> Option<u64> {
        self.by_name.values().filter_map(|scope| scope.replica.next_deadline()).min()
    }

    /// The next record to persist, and the scope that it belongs to; say
    /// [`persisted`](Replica::persisted) to its replica. Records are to become durable in the order
    /// in which they come, so that what moves to another scope is there before it is gone here.
    pub fn next_record(&mut self) -> Option<(&str, Record)> {
        while let Some(name) = self.first.last() {
            let record = self.by_name.get_mut(name).and_then(|scope| scope.replica.next_record());
            if let Some(record) = record {
                return self.first.last().map(|name| (name.as_str(), record));
            }
            self.first.pop();
        }
        self.by_name.iter_mut().find_map(|(name, scope)| {
            scope.replica.next_record().map(|record| (name.as_str(), record))
        })
    }

    /// The next event, and the scope that it happened in.
    pub fn next_event(&mut self) -> Option<(&str, Event<S>)> {
        self.by_name.iter_mut().find_map(|(name, scope)| {
            scope.replica.next_event().map(|event| (name.as_str(), event))
        })
    }
}
