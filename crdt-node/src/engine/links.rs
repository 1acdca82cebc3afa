//! Who is connected, and how much may be on its way to them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bytes::Bytes;
use crdt_core::{Reading, ReplicaId};
use crdt_sync::{Event, Level, Peer, ReceiveError};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use super::Settings;
use super::documents::{Documents, Held};
use super::input::{
    Ending, Holds, LinkId, LinkRequest, Outgoing, Refusal, Region, Regions, SpeaksFor,
};
use crate::store::Address;

struct Link {
    region: Option<String>,
    /// What has as much or more takes its place, if a region is at its other end.
    weight: u8,
    holds: Holds,
    outgoing: mpsc::Sender<Outgoing>,
    speaks_for: SpeaksFor,
    ended: oneshot::Sender<Ending>,
    /// The documents that wait for room.
    held_up: BTreeSet<Address>,
}

/// All connections.
#[derive(Default)]
pub(super) struct Links {
    links: BTreeMap<LinkId, Link>,
    /// The regions that hear what is said to all.
    listening: BTreeSet<String>,
}

const fn peer(link: LinkId) -> Peer {
    Peer(link.0)
}

impl Links {
    /// A connection is there: all documents that it is for are connected.
    pub(super) fn open(
        &mut self,
        request: LinkRequest,
        documents: &mut Documents,
        settings: &Settings,
        now: Reading,
    ) {
        let LinkRequest { id, region, holds, outgoing, speaks_for, ended, opened } = request;
        let weight = region.as_ref().map_or(0, |(name, way)| way.weight(&settings.region, name));
        let region = region.map(|(name, _)| name);
        let former = region.as_ref().and_then(|name| self.link_of(name));
        let made = match (&holds, former) {
            (Holds::One(address), _) => self.make(address, documents, settings, now),
            (_, Some((_, former))) if former.weight > weight => {
                Err(Refusal::Linked { region: region.clone().unwrap_or_default() })
            }
            _ => Ok(()),
        };
        let former = former.map(|(id, _)| id);
        let is_made = made.is_ok();
        if opened.send(made).is_err() || !is_made {
            return;
        }
        if let Some(former) = former {
            tracing::info!(region, "a newer connection takes the place of the one before");
            self.end(former, Ending::Replaced, documents);
        }
        for address in documents.all(&holds) {
            if let Some(held) = documents.touch(&address) {
                held.replica.connect(peer(id), now);
                held.replica.set_listening(peer(id), self.listens(region.as_ref()));
            }
        }
        self.links.insert(
            id,
            Link { region, weight, holds, outgoing, speaks_for, ended, held_up: BTreeSet::new() },
        );
    }

    /// An empty document of this name, if there is none: all links that it is for are connected.
    pub(super) fn make(
        &self,
        address: &Address,
        documents: &mut Documents,
        settings: &Settings,
        now: Reading,
    ) -> Result<(), Refusal> {
        if documents.make(address, settings)?
            && let Some(held) = documents.touch(address)
        {
            for (id, link) in self.links.iter().filter(|(_, link)| link.holds.include(address)) {
                held.replica.connect(peer(*id), now);
                held.replica.set_listening(peer(*id), self.listens(link.region.as_ref()));
            }
        }
        Ok(())
    }

    fn listens(&self, region: Option<&String>) -> bool {
        region.is_some_and(|region| self.listening.contains(region))
    }

    /// A region hears what is said to all, or no longer.
    pub(super) fn set_listening(
        &mut self,
        region: String,
        is_listening: bool,
        documents: &mut Documents,
    ) {
        let is_its = |link: &Link| link.region.as_ref() == Some(&region);
        for (id, link) in self.links.iter().filter(|(_, link)| is_its(link)) {
            for address in documents.all(&link.holds) {
                if let Some(held) = documents.touch(&address) {
                    held.replica.set_listening(peer(*id), is_listening);
                }
            }
        }
        if is_listening {
            self.listening.insert(region);
        } else {
            self.listening.remove(&region);
        }
    }

    /// The connection is gone.
    pub(super) fn close(&mut self, id: LinkId, documents: &mut Documents) {
        let _ended = self.part(id, documents);
    }

    /// Ends a connection, and says why.
    fn end(&mut self, id: LinkId, why: Ending, documents: &mut Documents) {
        if let Some(link) = self.part(id, documents) {
            let _gone = link.ended.send(why);
        }
    }

    fn part(&mut self, id: LinkId, documents: &mut Documents) -> Option<Link> {
        let link = self.links.remove(&id)?;
        for address in documents.all(&link.holds) {
            if let Some(held) = documents.touch(&address) {
                held.replica.disconnect(peer(id));
            }
        }
        Some(link)
    }

    /// The connection of a region: there is one at most.
    fn link_of(&self, region: &str) -> Option<(LinkId, &Link)> {
        let mut links = self.links.iter().map(|(id, link)| (*id, link));
        links.find(|(_, link)| link.region.as_deref() == Some(region))
    }

    /// Bytes have come. What is refused is as if lost: the protocol says so to both ends.
    pub(super) fn receive(
        &mut self,
        id: LinkId,
        address: &Address,
        bytes: &Bytes,
        documents: &mut Documents,
        settings: &Settings,
        now: Reading,
    ) {
        let Some(link) = self.links.get(&id) else { return };
        if !link.holds.include(address) {
            tracing::warn!(%address, region = link.region, "a message for what the peer may not hold");
            return;
        }
        if let Err(refusal) = self.make(address, documents, settings, now) {
            tracing::warn!(%address, %refusal, "a document of a peer is not taken in");
            return;
        }
        let client = link.region.is_none().then(|| link.speaks_for.clone());
        let Some(held) = documents.touch(address) else { return };
        match held.replica.receive(peer(id), bytes, now) {
            // What comes over a connection that has just begun anew is nobody's.
            Ok(()) | Err(ReceiveError::Damaged) => {}
            Err(why) => tracing::warn!(%address, %why, "a message is refused"),
        }
        if let (Some(client), Some(replica)) = (client, held.replica.replica_of(peer(id)))
            && (replica == held.replica.id()
                || held.replica.members().any(|member| member == replica)
                || !client.includes(replica))
        {
            self.expel(id, replica, address, held, now);
        }
    }

    /// Ends the link of a client that has greeted as a replica that it may not speak for. If that is a
    /// region's, or the successor of one, what it said has been taken for the region's word: that is
    /// unknown until the region greets anew.
    fn expel(
        &mut self,
        id: LinkId,
        replica: ReplicaId,
        address: &Address,
        held: &mut Held,
        now: Reading,
    ) {
        tracing::warn!(%address, %replica, "a client greets as a replica that is another's");
        held.replica.disconnect(peer(id));
        let members: BTreeSet<ReplicaId> = held.replica.members().collect();
        let is_known = |known: &ReplicaId| *known != replica && members.contains(known);
        held.regions.retain(|_, known| is_known(known));
        held.replica.set_members(held.regions.values().copied());
        for (other, link) in self.links.iter().filter(|(_, link)| link.holds.include(address)) {
            if link.region.as_ref().is_some_and(|region| !held.regions.contains_key(region)) {
                held.replica.connect(peer(*other), now);
                held.replica.set_listening(peer(*other), self.listens(link.region.as_ref()));
            }
        }
        if let Some(link) = self.links.remove(&id) {
            let _gone = link.ended.send(Ending::ReplicaId(replica));
        }
    }

    /// What another region has said to all has come: should it be refused, it comes over a link.
    pub(super) fn hear(
        &self,
        address: &Address,
        bytes: &Bytes,
        documents: &mut Documents,
        settings: &Settings,
        now: Reading,
    ) {
        if let Err(refusal) = self.make(address, documents, settings, now) {
            tracing::warn!(%address, %refusal, "a document of a peer is not taken in");
            return;
        }
        let Some(held) = documents.touch(address) else { return };
        if let Err(why) = held.replica.receive_broadcast(bytes, now) {
            tracing::warn!(%address, %why, "what a region says to all is refused");
        }
    }

    /// What was on its way to a link has left.
    pub(super) fn has_room(&mut self, id: LinkId, documents: &mut Documents) {
        let Some(link) = self.links.get_mut(&id) else { return };
        for address in std::mem::take(&mut link.held_up) {
            let _held = documents.touch(&address);
        }
    }

    /// Sends what a document has to say, as far as there is room; tells whether there was not.
    pub(super) fn send(&mut self, address: &Address, held: &mut Held, now: Reading) -> bool {
        let mut is_held_up = false;
        for (id, link) in self.links.iter_mut().filter(|(_, link)| link.holds.include(address)) {
            loop {
                let room = match link.outgoing.try_reserve() {
                    Ok(room) => room,
                    Err(TrySendError::Full(())) => {
                        is_held_up = true;
                        link.held_up.insert(address.clone());
                        break;
                    }
                    // It is about to be closed.
                    Err(TrySendError::Closed(())) => break,
                };
                let Some(message) = held.replica.next_message_to(peer(*id), now) else { break };
                room.send((address.clone(), message.bytes.into()));
            }
        }
        is_held_up
    }

    /// The region at the other end of a link, if it is one.
    pub(super) fn region_of(&self, Peer(number): Peer) -> Option<&str> {
        self.links.get(&LinkId(number))?.region.as_deref()
    }

    /// Notes which replica of a document a region has.
    pub(super) fn learn<S>(
        &mut self,
        address: &Address,
        held: &mut Held,
        event: &Event<S>,
        settings: &Settings,
        now: Reading,
    ) {
        let Event::Connected { peer: Peer(number), replica } = event else { return };
        let region = self.links.get(&LinkId(*number)).and_then(|link| link.region.as_ref());
        let Some(region) = region.filter(|region| settings.members.contains_key(*region)) else {
            return;
        };
        if held.regions.insert(region.into(), *replica) != Some(*replica) {
            held.replica.set_members(held.regions.values().copied());
            // A client may have greeted so before the region did.
            let is_its =
                |(_, link): &(&LinkId, &Link)| link.region.is_none() && link.holds.include(address);
            let is_same = |id: &LinkId| held.replica.replica_of(peer(*id)) == Some(*replica);
            let clients = self.links.iter().filter(is_its).map(|(id, _)| *id);
            for client in clients.filter(is_same).collect::<Vec<_>>() {
                self.expel(client, *replica, address, held, now);
            }
        }
    }

    /// Whether there is a connection to a region.
    pub(super) fn is_connected(&self, region: &str) -> bool {
        self.links.values().any(|link| link.region.as_deref() == Some(region))
    }

    /// How the other regions are doing.
    pub(super) fn regions(
        &self,
        documents: &Documents,
        settings: &Settings,
        now: Reading,
    ) -> Regions {
        let one = |(name, scopes): (&String, &Vec<String>)| {
            let is_its = |link: &Link| link.region.as_ref() == Some(name);
            let mut region = Region {
                name: name.clone(),
                is_connected: self.links.values().any(is_its),
                unmet: 0,
                positions: 0,
                bytes: 0,
                age: Duration::ZERO,
                level: Level::Fine,
            };
            let is_shared = |address: &Address| scopes.contains(&address.scope);
            for (_, held) in documents.iter().filter(|(address, _)| is_shared(address)) {
                let replica = held.regions.get(name);
                let Some(lag) = replica.and_then(|replica| held.replica.lag(*replica, now)) else {
                    region.unmet += 1;
                    continue;
                };
                region.positions += lag.positions;
                region.bytes += lag.bytes;
                region.age = region.age.max(Duration::from_millis(lag.age_ms));
                region.level = region.level.max(lag.level);
            }
            region
        };
        settings.members.iter().map(one).collect()
    }
}
