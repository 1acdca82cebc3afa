//! What a peer is to hear next, and when.

use alloc::vec::Vec;

use crdt_core::wire::Wire;
use crdt_core::{ContentKey, Reading, ReplicaId};

use super::Replica;
use super::hello::hello;
use super::news::News;
use crate::dictionary::Encoded;
use crate::fault::Fault;
use crate::known::Known;
use crate::link::{Link, Remote};
use crate::message::{Frame, Message, Progress, Told, Update};
use crate::pieces::Cut;
use crate::transfer::{self, Sending};
use crate::{Config, Event, Lattice, Peer, seal};

/// What an update needs at most besides its change and what it tells of openings and ids: the
/// version, the kind, what is told otherwise, the stretch, two counts and the seal.
const OVERHEAD: usize = 96;

impl<S: Lattice> Replica<S> {
    /// The next message to send, if there is one: to be asked until there is none, after everything
    /// that is put in and at the [next deadline](Replica::next_deadline).
    pub fn next_message(&mut self, now: Reading) -> Option<Message> {
        if self.is_closed {
            return None;
        }
        self.pass_time(now);
        let peers: Vec<Peer> = self.links.keys().copied().collect();
        peers.into_iter().find_map(|peer| self.next_on(peer, now))
    }

    /// As [`next_message`](Replica::next_message), for one peer.
    pub fn next_message_to(&mut self, peer: Peer, now: Reading) -> Option<Message> {
        if self.is_closed {
            return None;
        }
        self.pass_time(now);
        self.next_on(peer, now)
    }

    fn next_on(&mut self, peer: Peer, now: Reading) -> Option<Message> {
        let mut link = self.links.remove(&peer)?;
        let bytes = self.next_bytes(&mut link, now);
        let most = self.config.max_transfer;
        if let Some(length) = link.sending.as_mut().and_then(|sending| sending.excess(most)) {
            self.events.push_back(Event::TooLong { peer, length, most });
        }
        self.links.insert(peer, link);
        Some(Message { to: peer, bytes: bytes? })
    }

    /// The next frame, sealed; in pieces if it is longer than a message.
    fn next_bytes(&mut self, link: &mut Link<S>, now: Reading) -> Option<Vec<u8>> {
        if let Some(piece) = link.cut.as_mut().and_then(Iterator::next) {
            return Some(piece);
        }
        link.cut = None;
        let frame = self.next_frame(link, now)?;
        let key = match (&frame, link.remote) {
            (Frame::Hello(_) | Frame::Refused(_), _) | (_, None) => seal::ANYBODY,
            (_, Some(remote)) => remote.key,
        };
        let whole = seal::seal(frame.encode(), key);
        let most = self.config.max_message;
        if whole.len() <= most {
            return Some(whole);
        }
        link.cut.insert(Cut::new(whole, most)).next()
    }

    /// Takes in what has waited in quarantine for long enough.
    pub(super) fn release(&mut self, now: Reading) {
        for taken in self.holding.release(now, &self.config) {
            self.tell(None, taken);
        }
    }

    /// Lets what was waiting for time happen.
    fn pass_time(&mut self, now: Reading) {
        self.release(now);
        self.watch_lag(now);
        self.after_change();
        self.join(now);
    }

    fn next_frame(&mut self, link: &mut Link<S>, now: Reading) -> Option<Frame> {
        let now_ms = now.monotonic_ms;
        let (first_ms, most_ms) = (self.config.resend_ms, self.config.max_resend_ms);
        if self.holding.journal.persisted < self.holding.opened {
            // Nobody is to hear of an opening that a crash could undo.
            return None;
        }
        if link.withholding.fires(now_ms) && link.withholds() {
            // It may have begun the connection anew, and that may have gone under.
            link.is_heard = false;
            link.hello.restart(now_ms);
            link.withholding.start(now_ms, self.config.quiet_ms, most_ms);
        }
        let is_due = !link.is_heard && link.hello.fires(now_ms);
        if core::mem::take(&mut link.answers) || is_due {
            if !link.is_heard {
                link.hello.start(now_ms, first_ms, most_ms);
            }
            let need = link.need.unwrap_or_else(|| self.need(link.session));
            if link.need.replace(need).is_none() {
                // Whoever hears anything after it has heard one greeting at least.
                let durable = self.holding.durable();
                link.known_acked = durable.known.clone();
                (link.version_acked, link.version_sent) = (durable.version, durable.version);
            }
            self.withhold(link, now);
            return Some(hello(&self.holding, link, need, &self.config));
        }
        let Some(remote) = link.remote else { return self.next_waiting(link) };
        if link.comparing.fires(now_ms) {
            self.repeat_comparison(link);
            if link.is_comparing() {
                link.comparing.start(now_ms, first_ms, most_ms);
            }
        }
        if link.transferring.fires(now_ms)
            && let Some(sending) = &mut link.sending
        {
            sending.resend();
        }
        if link.resend.fires(now_ms) {
            link.send_again();
            self.send_behind(link, remote, now_ms);
            link.version_sent = link.version_acked;
        }
        self.begin_comparison(link, remote, now);
        self.verify(link, remote, now);
        self.next_waiting(link)
            .or_else(|| self.next_part(link, now))
            .or_else(|| self.next_update(link, remote, now))
            .or_else(|| self.next_part(link, now))
    }

    /// The next frame that was waiting for a record to be durable.
    fn next_waiting(&self, link: &mut Link<S>) -> Option<Frame> {
        let persisted = self.holding.journal.persisted;
        let (record, _) = link.outbox.front()?;
        let is_durable = *record <= persisted;
        is_durable.then(|| link.outbox.pop_front())?.map(|(_, frame)| frame)
    }

    /// The next part of what is being transferred.
    fn next_part(&self, link: &mut Link<S>, now: Reading) -> Option<Frame> {
        let persisted = self.holding.journal.persisted;
        let sending = link.sending.as_mut().filter(|sending| sending.record <= persisted)?;
        let part = sending.next(self.config.max_message)?;
        let (first_ms, most_ms) = (self.config.resend_ms, self.config.max_resend_ms);
        link.transferring.start(now.monotonic_ms, first_ms, most_ms);
        Some(Frame::Part(part))
    }

    /// What is new for the peer: a stretch of the log, what is included, what has arrived.
    fn next_update(&mut self, link: &mut Link<S>, remote: Remote, now: Reading) -> Option<Frame> {
        let now_ms = now.monotonic_ms;
        let mut progress = None;
        let mut update = Update::default();
        if let Some((from, to, state)) = self.next_stretch(link, remote, now_ms) {
            let stretch = Progress { from, to, session: None };
            let encoded = state.as_ref().map(|state| (state, link.names.encode(state)));
            match encoded {
                // One long change at a time: what it is told along with may make it one.
                Some((_, encoded)) if self.is_long(&encoded) && link.sending.is_some() => {}
                Some((state, encoded)) if self.is_long(&encoded) => {
                    link.sent.insert(from, to);
                    let id = self.holding.random.draw_u64();
                    let key = ContentKey::from_u128(self.holding.random.draw());
                    let stream = transfer::whole(state, key, self.lengths());
                    link.sending = Some(Sending::new(id, stretch, Known::default(), stream, 0));
                }
                encoded => {
                    link.sent.insert(from, to);
                    if let Some((_, Encoded { base, added, bytes })) = encoded {
                        (update.base, update.added, update.delta) = (base, added, bytes);
                    }
                    progress = Some(stretch);
                }
            }
        }
        let taken = OVERHEAD + update.delta.len() + size_of::<ReplicaId>() * update.added.len();
        let room = progress.as_ref().map(|_| self.config.max_message.saturating_sub(taken));
        let news = self.next_news(link, remote, room, now_ms);
        let durable = self.holding.durable();
        let (received, included) = self.received(remote);
        let owes = match link.owes_at {
            Some(at_ms) => at_ms <= now_ms && self.may_acknowledge(link, remote),
            None => (received, included) != link.acknowledged,
        };
        let News { known, is_all } = news;
        if progress.is_none() && known.is_empty() && !is_all && !owes {
            return None;
        }
        let is_unheard =
            link.version_sent > link.version_acked && self.config.makes(Fault::AcknowledgeUnheard);
        update.told = Told {
            // Only who hears all of a version may acknowledge it.
            version: if is_all || is_unheard { link.version_sent } else { 0 },
            at: if known.is_empty() { 0 } else { durable.position },
            known,
            received,
            included,
            heard: link.heard_version,
            names: link.peer_names.len(),
        };
        link.acknowledged = (received, included);
        link.owes_at = None;
        if progress.is_some() {
            link.news_ms = now_ms;
        }
        update.progress = progress;
        if link.is_waiting() {
            link.resend.start(now_ms, self.config.resend_ms, self.config.max_resend_ms);
        }
        Some(Frame::Update(update))
    }

    /// How much of the peer's log is durable here, and how much of that is included.
    fn received(&self, remote: Remote) -> (u64, u64) {
        let durable = self.holding.durable();
        if self.config.makes(Fault::AcknowledgeEarly) {
            let held = self.holding.held.position(remote.incarnation);
            return (held, self.holding.known.position(remote.incarnation).min(held));
        }
        let received = durable.held.position(remote.incarnation);
        (received, durable.known.position(remote.incarnation).min(received))
    }

    /// An acknowledgement that is not durable yet is worth waiting for.
    pub(super) fn may_acknowledge(&self, link: &Link<S>, remote: Remote) -> bool {
        let (received, included) = self.received(remote);
        (received, included) != link.acknowledged
            || self.holding.held.position(remote.incarnation) == received
    }

    /// Whether a change does not fit into a message.
    const fn is_long(&self, encoded: &Encoded) -> bool {
        let length = encoded.bytes.len() + size_of::<ReplicaId>() * encoded.added.len();
        length + OVERHEAD > self.config.max_message
    }

    /// The next stretch of the log that is neither acknowledged nor under way and whose time has
    /// come, joined into one change; none of it when the peer has all of it already.
    #[allow(clippy::type_complexity, reason = "a stretch and its change, for one caller")]
    fn next_stretch(
        &self,
        link: &Link<S>,
        remote: Remote,
        now_ms: u64,
    ) -> Option<(u64, u64, Option<S>)> {
        let (log, mut end) = (&self.holding.log, self.holding.durable().position);
        if self.config.makes(Fault::SendEarly) {
            end = self.holding.position();
        }
        if let Some(unsaid) = self.unsaid().filter(|_| link.is_listening) {
            end = end.min(unsaid);
        }
        let most = self.config.max_message.saturating_sub(OVERHEAD);
        let mut from = link.unsent();
        while from < end {
            if let Some(beyond) = link.sent.end_of(from) {
                from = beyond;
                continue;
            }
            if self.readiness(link, remote, from, now_ms)? != Readiness::Later {
                break;
            }
            from += 1;
        }
        let (mut to, mut bytes, mut is_worth_it) = (from, 0, false);
        let mut change: Option<S> = None;
        while to < end && link.sent.end_of(to).is_none() {
            let Some(readiness) = self.readiness(link, remote, to, now_ms) else { break };
            if readiness == Readiness::Later {
                break;
            }
            if readiness != Readiness::Known {
                let Some(entry) = log.get(to) else { break };
                if entry.is_tail && link.is_under_way() {
                    break;
                }
                if bytes > 0 && bytes + entry.bytes > most {
                    break;
                }
                if link.sending.is_some() && entry.bytes + OVERHEAD > most {
                    // One long change at a time.
                    break;
                }
                bytes += entry.bytes;
                match &mut change {
                    Some(change) => drop(change.merge_ref(&entry.delta)),
                    None => change = Some(entry.delta.clone()),
                }
            }
            is_worth_it |= readiness != Readiness::Known || self.is_stale(to, now_ms);
            to += 1;
        }
        (to > from && is_worth_it).then_some((from, to, change))
    }

    /// Whether a change has to be sent to a peer, and already.
    pub(super) fn readiness(
        &self,
        link: &Link<S>,
        remote: Remote,
        at: u64,
        now_ms: u64,
    ) -> Option<Readiness> {
        if link.from_peer.end_of(at).is_some() {
            return Some(Readiness::Known);
        }
        let entry = self.holding.log.get(at)?;
        let Some((from, position)) = entry.origin else { return Some(Readiness::Now) };
        if self.is_joining() {
            // It goes on what there was, and others have that.
            return None;
        }
        let has_it = from == remote.incarnation || link.peer_known.position(from) >= position;
        Some(if has_it {
            Readiness::Known
        } else if self.is_due(at, now_ms) {
            Readiness::Now
        } else {
            Readiness::Later
        })
    }

    /// Whether a change has waited for others to bring it.
    fn is_due(&self, at: u64, now_ms: u64) -> bool {
        let entry = self.holding.log.get(at);
        entry.is_none_or(|entry| {
            entry.origin.is_none() || now_ms >= due_ms(entry.at_ms, &self.config)
        })
    }

    /// Whether the peer should hear that it has a change, if nothing else is sent.
    fn is_stale(&self, at: u64, now_ms: u64) -> bool {
        let entry = self.holding.log.get(at);
        entry.is_none_or(|entry| now_ms >= entry.at_ms.saturating_add(self.config.gossip_ms))
    }
}

pub(super) const fn due_ms(arrived_ms: u64, config: &Config) -> u64 {
    arrived_ms.saturating_add(config.forward_delay_ms)
}

/// Whether a change is to be sent to a peer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Readiness {
    Now,
    /// Somebody else may bring it until then.
    Later,
    /// The peer has it.
    Known,
}
