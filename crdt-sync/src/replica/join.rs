//! How a newcomer comes to have what there is: from one peer.
//!
//! Who has nothing greets each peer as one that wants [`NothingYet`](Need::NothingYet): it is sent
//! what is written from then on, and what there was is withheld. One of those who have something it
//! greets anew and asks for everything; the next, when that one is gone or brings nothing for a
//! while. When it includes what a peer included that greeted it, it greets all others anew, as one
//! that has something: and of what those had, their logs, equal fingerprints or comparisons bring
//! what is missing, if anything is.
//!
//! What an end wants is the same as long as a connection is, so that both ends can tell whether
//! something is withheld over it; who comes to want something else begins the connection anew.

use crdt_core::Reading;

use super::Replica;
use super::hello::session_key;
use crate::link::{Link, Remote};
use crate::message::Need;
use crate::{Lattice, Peer};

/// How far a replica has come to have what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joining {
    /// Nobody has been asked.
    NotYet,
    /// The peer is asked that is at the other end of this connection.
    Asking { session: u32, since_ms: u64 },
    /// It has been brought what there is; or there was nobody to bring it.
    Done,
}

impl<S: Lattice> Replica<S> {
    /// What is wanted over a connection that begins.
    pub(super) fn need(&self, session: u32) -> Need {
        let is_bottom = self.is_bottom();
        match self.joining {
            Joining::Asking { session: asked, .. } if asked == session => Need::Everything,
            Joining::Asking { .. } => Need::NothingYet,
            Joining::NotYet if is_bottom => Need::NothingYet,
            Joining::Done if is_bottom => Need::Everything,
            Joining::NotYet | Joining::Done => Need::Difference,
        }
    }

    /// Whether it has nothing, and has asked nobody for what there is.
    pub(super) fn may_be_brought_all(&self) -> bool {
        self.joining == Joining::NotYet && self.is_bottom()
    }

    fn is_bottom(&self) -> bool {
        self.holding.state().is_bottom() && self.holding.quarantine.is_empty()
    }

    /// Leaves to another to bring what there is, if the peer has asked another.
    pub(super) fn withhold(&self, link: &mut Link<S>, now: Reading) {
        if link.withholds() {
            link.withheld = link.withheld.max(self.holding.position());
            let (first_ms, most_ms) = (self.config.quiet_ms, self.config.max_resend_ms);
            link.withholding.start(now.monotonic_ms, first_ms, most_ms);
        }
    }

    /// Asks a peer, if one has to be asked; the next, if it does not answer.
    pub(super) fn join(&mut self, now: Reading) {
        let Some(deadline_ms) = self.joining_deadline() else {
            if self.joining == Joining::NotYet {
                self.ask_next(now);
            }
            return;
        };
        let is_late = deadline_ms <= now.monotonic_ms;
        let may_ask = !self.is_brought_up() && (is_late || self.asked().is_none());
        let has_asked = may_ask && self.ask_next(now);
        if self.is_brought_up() || is_late && !has_asked {
            self.settle(now);
        }
    }

    /// When it is time to ask another, if somebody is asked.
    pub(super) fn joining_deadline(&self) -> Option<u64> {
        let Joining::Asking { since_ms, .. } = self.joining else { return None };
        if self.is_closed {
            return None;
        }
        let news_ms = self.asked().map_or(since_ms, |link| link.news_ms.max(since_ms));
        Some(news_ms.saturating_add(self.config.quiet_ms))
    }

    /// Whether somebody is being asked.
    pub(super) const fn is_joining(&self) -> bool {
        matches!(self.joining, Joining::Asking { .. })
    }

    fn asked(&self) -> Option<&Link<S>> {
        let Joining::Asking { session, .. } = self.joining else { return None };
        self.links.values().find(|link| link.session == session)
    }

    /// Whether all is included that some peer included which had something.
    fn is_brought_up(&self) -> bool {
        let mut remotes = self.links.values().filter_map(|link| link.remote);
        remotes.any(|remote| {
            remote.need == Need::Difference
                && self.holding.held.position(remote.incarnation) >= remote.position
        })
    }

    /// Asks somebody for everything who has something and has not been asked, if there is one.
    fn ask_next(&mut self, now: Reading) -> bool {
        let can_ask = |link: &Link<S>| match link.need {
            None => {
                let is_settled = |remote: Remote| remote.need == Need::Difference;
                link.remote.is_some_and(is_settled) && self.need(link.session) == Need::NothingYet
            }
            Some(_) => link.is_kept_waiting(),
        };
        let next = self.links.iter().find(|(_, link)| can_ask(link));
        let Some((peer, session, is_greeted)) =
            next.map(|(peer, link)| (*peer, link.session, link.need.is_some()))
        else {
            return false;
        };
        let session = if is_greeted { self.greet_anew(peer, now) } else { session };
        self.joining = Joining::Asking { session, since_ms: now.monotonic_ms };
        true
    }

    /// Is no newcomer any more, and says so.
    fn settle(&mut self, now: Reading) {
        self.joining = Joining::Done;
        let waiting = self.links.iter().filter(|(_, link)| link.need == Some(Need::NothingYet));
        let waiting: alloc::vec::Vec<Peer> = waiting.map(|(peer, _)| *peer).collect();
        for peer in waiting {
            self.greet_anew(peer, now);
        }
    }

    /// Begins the connection to a peer anew, as something else is wanted of it; what was said over it
    /// holds. Returns what tells it from those before.
    fn greet_anew(&mut self, peer: Peer, now: Reading) -> u32 {
        let (session, own) = (self.holding.random.draw_u32(), self.holding.incarnation);
        let Some(link) = self.links.get_mut(&peer) else { return session };
        let mut fresh = Link::new(now.monotonic_ms, session);
        if let Some(remote) = link.remote {
            let key = session_key(&self.config, (own, session), remote.end());
            fresh.remote = Some(Remote { key, ..remote });
            fresh.former_keys = link.superseded(remote.key);
            fresh.acked = link.acked;
            fresh.from_peer = core::mem::take(&mut link.from_peer);
            fresh.peer_known = core::mem::take(&mut link.peer_known);
            fresh.claims = core::mem::take(&mut link.claims);
            fresh.arrived = core::mem::take(&mut link.arrived);
            fresh.refused_ms = link.refused_ms;
        }
        fresh.candidate = link.candidate.take();
        self.replace(peer, fresh);
        session
    }
}
