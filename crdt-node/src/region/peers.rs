//! The other regions: who is linked, how far behind each is, and what is told of them.

use std::collections::BTreeMap;

use crdt_core::{Reading, ReplicaId};
use crdt_document::Document;
use crdt_sync::{Event, Peer, ReceiveError, Replica};

use super::links::{LinkId, Links};
use crate::control::{Behind, Standing};

pub(super) struct Peers {
    /// This region.
    name: String,
    pub(super) links: Links,
    /// The replica that was last met in each other region.
    met: BTreeMap<String, ReplicaId>,
}

impl Peers {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.into(), links: Links::default(), met: BTreeMap::new() }
    }

    /// Sends all that the replica has to say.
    pub(super) fn send(&mut self, replica: &mut Replica<Document>, now: Reading) {
        while let Some(message) = replica.next_message(now) {
            if let Some(link) = self.links.send(message) {
                eprintln!("{}: {} does not take what it is sent", self.name, link.name);
                self.close(replica, &link);
            }
        }
    }

    /// Takes in a message. Who sends what is none of the protocol's is told so, and dismissed.
    pub(super) fn receive(
        &mut self,
        replica: &mut Replica<Document>,
        link: &LinkId,
        bytes: &[u8],
        now: Reading,
    ) {
        if !self.links.is_open(link) {
            return;
        }
        let received = replica.receive(link.peer(), bytes, now);
        if received.is_err_and(|why| is_hopeless(&why)) {
            while let Some(message) = replica.next_message_to(link.peer(), now) {
                self.links.send(message);
            }
            while let Some(event) = replica.next_event() {
                self.tell(event);
            }
            replica.disconnect(link.peer());
            self.links.dismiss(link);
        }
    }

    /// Ends a connection, or notices that it has ended.
    pub(super) fn close(&mut self, replica: &mut Replica<Document>, link: &LinkId) {
        if self.links.is_open(link) {
            replica.disconnect(link.peer());
            self.links.close(link);
        }
    }

    /// What was sent to each other region, and how far behind it is, as far as it has said.
    pub(super) fn standings(
        &self,
        replica: &Replica<Document>,
        now: Reading,
    ) -> Vec<(String, Standing)> {
        let standing = |(name, sent): (&str, u64)| {
            let lag = self.met.get(name).and_then(|met| replica.lag(*met, now));
            let behind = lag.map(|lag| Behind {
                changes: lag.positions,
                bytes: lag.bytes,
                age_ms: lag.age_ms,
            });
            (name.into(), Standing { sent, behind })
        };
        self.links.sent().map(standing).collect()
    }

    /// Tells, on the error output, what a person may want to know.
    pub(super) fn tell(&mut self, event: Event<Document>) {
        if let Some(line) = self.describe(event) {
            eprintln!("{}: {line}", self.name);
        }
    }

    fn describe(&mut self, event: Event<Document>) -> Option<String> {
        let name = |peer: Peer| self.links.name_of(peer).unwrap_or("a peer that is gone");
        Some(match event {
            Event::Connected { peer, replica } => {
                let name = self.links.name_of(peer)?.to_owned();
                self.met.insert(name, replica);
                return None;
            }
            Event::Lag { replica, level } => {
                let (name, _) = self.met.iter().find(|(_, met)| **met == replica)?;
                format!("the lag of {name} is {}", format!("{level:?}").to_lowercase())
            }
            Event::Quarantined { from, waiting } => format!(
                "{} wrote ahead of the clock here; changes that wait until it gets there: {waiting}",
                name(from?)
            ),
            Event::Refused { from, why } => {
                format!("a message from {} is refused: {why}", name(from))
            }
            Event::ValueRefused { from, why } => {
                format!("a value from {} is refused, the rest is merged: {why}", name(from?))
            }
            Event::RefusedByPeer { peer, why } => {
                format!("{} refuses something: {why}", name(peer))
            }
            Event::Restored { held, peer_has } => format!(
                "the store is older than what peers have of it (position {held}, they have \
                 {peer_has}): what nobody else has is lost, the rest comes back"
            ),
            Event::Forked { one, other } => {
                format!("the store was copied: {one:?} and {other:?} go on from the same opening")
            }
            Event::Renewed { from, to, at_risk } => {
                let names: Vec<&str> = at_risk.names().collect();
                let risk = match names.as_slice() {
                    [] => String::new(),
                    names => format!("; look whether the last writes are there to: {names:?}"),
                };
                format!("the id {from} is in use twice: going on as {to}{risk}")
            }
            Event::Diverged { peer } => {
                format!("{} should have been equal and is not: bringing it together", name(peer))
            }
            // Changes are read by asking for values.
            _ => return None,
        })
    }
}

/// Whether whoever sent this cannot be expected to send anything that makes sense.
const fn is_hopeless(why: &ReceiveError) -> bool {
    matches!(
        why,
        ReceiveError::TooLong { .. }
            | ReceiveError::Damaged
            | ReceiveError::Malformed(_)
            | ReceiveError::Version { .. }
            | ReceiveError::Oneself
    )
}
