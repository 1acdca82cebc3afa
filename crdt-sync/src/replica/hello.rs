//! Greetings: who is at the other end, and where the two stand.

use alloc::vec::Vec;

use crdt_core::{Reading, ReplicaId};

use super::{Acquaintance, Replica};
use crate::fault::Fault;
use crate::holding::{Advance, Holding};
use crate::known::{Known, Reach};
use crate::link::{Link, Remote};
use crate::message::{Frame, Hello, Need};
use crate::seal::{self, End};
use crate::{Config, Event, Incarnation, Lattice, Level, MAJOR, Peer, ReceiveError};

/// So many ends are remembered that somebody else took the place of; then a new session begins.
const MOST_LEFT: usize = 16;

/// What a hello takes at most besides what is included.
const OVERHEAD: usize = 64;

/// The hello of a replica.
pub(super) fn hello<S: Lattice>(
    holding: &Holding<S>,
    link: &mut Link<S>,
    need: Need,
    config: &Config,
) -> Frame {
    let included = &holding.durable().known;
    let known = if included.most_bytes() + OVERHEAD > config.max_message {
        link.greeting.get_or_insert_with(|| included.clone()).clone()
    } else {
        included.clone()
    };
    let candidate = link.candidate.as_ref().map(|candidate| candidate.session);
    let heard = candidate.or(link.remote.map(|remote| remote.session));
    Frame::Hello(Hello {
        major: MAJOR,
        minor: config.minor,
        replica: holding.id,
        incarnation: holding.incarnation,
        need,
        session: link.session,
        heard,
        known,
    })
}

impl<S: Lattice> Replica<S> {
    pub(super) fn hear_hello(
        &mut self,
        peer: Peer,
        hello: &Hello,
        now: Reading,
    ) -> Result<(), ReceiveError> {
        if hello.major != MAJOR {
            return Err(ReceiveError::Version { theirs: hello.major, ours: MAJOR });
        }
        let own = self.holding.incarnation;
        if hello.incarnation == own {
            return Err(ReceiveError::Oneself);
        }
        if hello.known.position(own) > self.holding.position() {
            return Err(ReceiveError::Unexpected(
                "it tells of changes that this opening never made; another may have its random bits",
            ));
        }
        let Some(link) = self.links.get_mut(&peer) else { return Err(ReceiveError::UnknownPeer) };
        let is_heard = hello.heard == Some(link.session);
        match link.remote {
            // Who has heard of this end since the connection is there is, or was, at the other.
            Some(remote) if is_heard && remote.end() != hello.end() => {
                self.adopt(peer, hello, now);
            }
            None => self.adopt(peer, hello, now),
            Some(remote) if remote.end() == hello.end() => {
                // It is who it was: somebody else was not there after all.
                link.candidate = None;
                if is_heard {
                    // It does not know yet that it is heard: any message shows that.
                    link.heard();
                    link.owe(now.monotonic_ms.saturating_add(self.config.ack_delay_ms));
                } else if link.is_heard {
                    // It does not know any more who speaks, or this one has been on its way for long.
                    link.answers = true;
                }
            }
            Some(_) => {
                link.candidate = Some(hello.clone());
                link.answers = true;
            }
        }
        Ok(())
    }

    /// Takes whoever greeted for the other end of a connection, and begins anew with it.
    pub(super) fn adopt(&mut self, peer: Peer, hello: &Hello, now: Reading) {
        let own = self.holding.incarnation;
        let acked = hello.known.reaches(own, &self.holding.known);
        let Some(link) = self.links.get_mut(&peer) else { return };
        link.left.extend(link.remote.map(|remote| remote.end()));
        let is_back = link.left.contains(&hello.end()) || link.left.len() > MOST_LEFT;
        if is_back {
            link.left.clear();
            link.session = self.holding.random.draw_u32();
        }
        let mut fresh = Link::new(now.monotonic_ms, link.session);
        fresh.left = core::mem::take(&mut link.left);
        fresh.is_heard = hello.heard == Some(link.session);
        if link.remote.is_none() {
            // Ours may be on its way already; it is repeated until heard.
            fresh.hello = link.hello;
            fresh.greeting = link.greeting.take();
            fresh.cut = link.cut.take();
            fresh.known_acked = core::mem::take(&mut link.known_acked);
            fresh.version_acked = link.version_acked;
            fresh.version_sent = link.version_acked;
        }
        fresh.remote = Some(Remote {
            replica: hello.replica,
            incarnation: hello.incarnation,
            session: hello.session,
            key: session_key(&self.config, (own, link.session), hello.end()),
            minor: hello.minor.min(self.config.minor),
            need: hello.need,
            position: hello.known.position(hello.incarnation),
            is_bottom: hello.need != Need::Difference,
        });
        fresh.acked = acked;
        // What is wanted is the same for a session. Who is new to it may have heard its first greeting:
        // of what came since, nothing counts as told.
        fresh.need = link.need.filter(|_| !is_back);
        let former = link.remote.filter(|remote| remote.incarnation == hello.incarnation);
        if let Some(former) = former {
            fresh.former_keys = link.superseded(former.key);
        }
        fresh.claims.push((hello.known.position(hello.incarnation), hello.known.clone()));
        fresh.peer_known = hello.known.clone();
        fresh.owe(now.monotonic_ms.saturating_add(self.config.ack_delay_ms));
        self.withhold(&mut fresh, now);
        self.replace(peer, fresh);
        self.forget(now);
        self.meet(hello);
        if former.is_none() {
            self.events.push_back(Event::Connected { peer, replica: hello.replica });
        }
        // What it has is not to be written anew, should it tell of a twin.
        self.holding.claims.acknowledge(hello.known.position(own));
        self.learn_lineage(&hello.known, now);
        self.has_learnt = true;
        self.inherit(hello.incarnation);
    }

    /// Begins a connection anew; what was being transferred over it goes on.
    pub(super) fn replace(&mut self, peer: Peer, mut fresh: Link<S>) {
        let is_listening = self.links.get(&peer).is_some_and(|former| former.is_listening);
        fresh.is_listening = is_listening;
        let incarnation = fresh.remote.map(|remote| remote.incarnation);
        if let Some(former) = self.links.insert(peer, fresh) {
            self.suspend(former);
        }
        let suspended = incarnation.and_then(|incarnation| self.suspended.remove(&incarnation));
        if let (Some((sending, receiving)), Some(link)) = (suspended, self.links.get_mut(&peer)) {
            link.receiving = receiving;
            link.sending = sending;
            if let Some(sending) = &mut link.sending {
                sending.resend();
                link.sent.insert(sending.progress.from, sending.progress.to);
            }
        }
    }

    /// Counts what is included of the openings before a peer's as included of this one.
    pub(super) fn inherit(&mut self, sender: Incarnation) {
        let to = self.holding.known.reaches(sender, &self.lineage);
        if to > self.holding.held.position(sender) {
            let continues = self.lineage.get(sender).and_then(|reach| reach.continues);
            let known = Known::of(sender, Reach { position: to, continues });
            self.holding.include(Advance { sender, from: 0, to, known });
        }
    }

    /// Forgets the openings that nobody asks after any more, and who has not been seen since.
    fn forget(&mut self, now: Reading) {
        let age_ms = self.config.token_life_ms;
        self.lineage.forget(age_ms, now.wall_ms);
        self.holding.forget(age_ms, now.wall_ms);
        let (links, members) = (&self.links, &self.members);
        let is_linked = |replica: &ReplicaId| {
            let mut remotes = links.values().filter_map(|link| link.remote);
            remotes.any(|remote| remote.replica == *replica)
        };
        self.met.retain(|replica, met| {
            let is_old = met.incarnation.is_older(age_ms, now.wall_ms);
            !is_old || members.contains(replica) || is_linked(replica)
        });
    }

    /// Enters a peer among those that have been met, in place of what it was before.
    fn meet(&mut self, hello: &Hello) {
        let line: Vec<Incarnation> = hello.known.line_of(hello.incarnation).collect();
        let is_here = |replica: &ReplicaId| {
            let remotes = self.links.values().filter_map(|link| link.remote);
            remotes.into_iter().any(|remote| remote.replica == *replica)
        };
        let is_earlier = |(replica, met): &(&ReplicaId, &Acquaintance)| {
            !is_here(replica) && line.contains(&met.incarnation)
        };
        let earlier = self.met.iter().find(is_earlier).map(|(replica, _)| *replica);
        if let Some(earlier) = earlier {
            self.met.remove(&earlier);
            if self.members.remove(&earlier) {
                self.members.insert(hello.replica);
            }
        }
        let level = self.met.get(&hello.replica).map_or(Level::Fine, |met| met.level);
        let (incarnation, known) = (hello.incarnation, hello.known.clone());
        self.met.insert(hello.replica, Acquaintance { incarnation, known, level });
    }
}

/// What messages over a connection are sealed with.
pub(super) fn session_key(config: &Config, one: End, other: End) -> u128 {
    if config.makes(Fault::TrustOldMessages) {
        seal::ANYBODY
    } else {
        seal::session_key(one, other)
    }
}

#[cfg(test)]
mod tests {
    use crdt_core::wire::Wire;
    use crdt_core::{DotMap, Reading};

    use crate::message::Frame;
    use crate::{Config, Event, MAJOR, Opening, Peer, ReceiveError, Replica, seal};

    #[test]
    fn another_major_version_is_refused_by_name_at_both_ends() {
        let now = Reading::wall(1_700_000_000_000);
        let replica =
            |seed| Replica::<DotMap<u8, ()>>::new(&Opening::new(seed, now), Config::volatile());
        let (mut newer, mut older) = (replica(1), replica(2));
        let peer = Peer(0);
        newer.connect(peer, now);
        older.connect(peer, now);
        let answer = older.next_message(now).expect("a greeting");
        newer.receive(peer, &answer.bytes, now).expect("the same version");

        let greeting = newer.next_message(now).expect("a greeting");
        let body = seal::open(&greeting.bytes, seal::ANYBODY).expect("sealed for anybody");
        let Ok(Frame::Hello(mut hello)) = Frame::decode(body) else { panic!("a greeting") };
        hello.major += 1;
        let bytes = seal::seal(Frame::Hello(hello).encode(), seal::ANYBODY);
        let refused = older.receive(peer, &bytes, now);
        assert_eq!(refused, Err(ReceiveError::Version { theirs: MAJOR + 1, ours: MAJOR }));
        assert_eq!(older.replica_of(peer), None);

        let why = older.next_message(now).expect("why");
        newer.receive(peer, &why.bytes, now).expect("understood");
        let mut events = core::iter::from_fn(|| newer.next_event());
        let is_told =
            |event| matches!(event, Event::RefusedByPeer { why, .. } if why.contains("version"));
        assert!(events.any(is_told));
    }
}
