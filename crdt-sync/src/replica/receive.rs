//! What a message brings.

use alloc::vec::Vec;

use crdt_core::Reading;
use crdt_core::wire::Wire;

use super::Replica;
use super::hello::session_key;
use crate::fault::Fault;
use crate::holding::{Advance, Change, Stretch, Taken};
use crate::known::{Known, Reach};
use crate::link::{Link, Remote};
use crate::message::{Frame, Progress, Refused, Told, Update};
use crate::ranges::Ranges;
use crate::{Event, Incarnation, Lattice, Peer, ReceiveError, dictionary, seal};

/// The most stretches of a log that are remembered beyond a gap.
const MOST_STRETCHES: usize = 256;

/// The most claims of what a peer includes that are remembered until its log is there.
const MOST_CLAIMS: usize = 64;

impl<S: Lattice> Replica<S> {
    /// Takes in a message from a peer: whole, or not at all. Until the other end has greeted, all but
    /// a greeting is passed over: it may have been said to whoever was here before.
    ///
    /// # Errors
    ///
    /// When it is refused: see [`ReceiveError`]. Then nothing was changed; the peer is told why, and
    /// an [`Event::Refused`] says it here.
    pub fn receive(&mut self, peer: Peer, bytes: &[u8], now: Reading) -> Result<(), ReceiveError> {
        if self.is_closed {
            return Err(ReceiveError::Closed);
        }
        if !self.links.contains_key(&peer) {
            return Err(ReceiveError::UnknownPeer);
        }
        // What is due came before this.
        self.release(now);
        let received = self.read(peer, bytes, now).and_then(|frame| match frame {
            None => Ok(()),
            Some(Frame::Hello(hello)) => self.hear_hello(peer, &hello, now),
            Some(Frame::Refused(Refused { why })) => {
                if let Some(link) = self.links.get_mut(&peer) {
                    link.is_refused = true;
                }
                self.events.push_back(Event::RefusedByPeer { peer, why });
                Ok(())
            }
            Some(frame) => self.hear(peer, frame, now),
        });
        if let Err(why) = &received {
            self.refuse(peer, why, now);
        }
        self.after_news();
        received
    }

    /// What follows from whatever was taken in.
    pub(super) fn after_news(&mut self) {
        if core::mem::take(&mut self.has_learnt) {
            self.forget_continued();
        }
        self.settle_broadcasts();
        self.drain_log();
        self.after_change();
    }

    /// Reads a message; `None` when it comes before the greeting that it needs, or is not whole yet.
    fn read(
        &mut self,
        peer: Peer,
        bytes: &[u8],
        now: Reading,
    ) -> Result<Option<Frame>, ReceiveError> {
        if bytes.len() > self.config.max_message {
            let most = self.config.max_message;
            return Err(ReceiveError::TooLong { length: bytes.len(), most });
        }
        let frame = self.open_frame(peer, bytes, now)?;
        let Some(Frame::Piece(piece)) = frame else { return Ok(frame) };
        let Some(link) = self.links.get_mut(&peer) else { return Err(ReceiveError::UnknownPeer) };
        let most = self.config.max_transfer;
        let too_long = |length| ReceiveError::TooLong { length, most };
        let Some(whole) = link.pieces.take(piece, most).map_err(too_long)? else {
            return Ok(None);
        };
        match self.open_frame(peer, &whole, now)? {
            Some(Frame::Piece(_)) => Err(ReceiveError::Unexpected("a piece of a piece")),
            frame => Ok(frame),
        }
    }

    /// Opens what was sealed for this end of the connection.
    fn open_frame(
        &mut self,
        peer: Peer,
        bytes: &[u8],
        now: Reading,
    ) -> Result<Option<Frame>, ReceiveError> {
        let Some(link) = self.links.get_mut(&peer) else { return Err(ReceiveError::UnknownPeer) };
        let own = self.holding.incarnation;
        let mut newcomer = None;
        let opened = if bytes.get(1).is_some_and(|kind| Frame::is_for_anybody(*kind)) {
            seal::open(bytes, seal::ANYBODY)
        } else {
            let Some(remote) = link.remote else { return Ok(None) };
            seal::open(bytes, remote.key).or_else(|| {
                let candidate = link.candidate.clone()?;
                let key = session_key(&self.config, (own, link.session), candidate.end());
                let body = seal::open(bytes, key)?;
                newcomer = Some(candidate);
                Some(body)
            })
        };
        if let Some(newcomer) = newcomer {
            let session = link.session;
            self.adopt(peer, &newcomer, now);
            if self.links.get(&peer).is_some_and(|link| link.session != session) {
                // It was here before, and speaks of what is forgotten here since.
                return Ok(None);
            }
        }
        let Some(body) = opened else {
            let link = self.links.get(&peer);
            let is_late = link.is_some_and(|link| {
                link.former_keys.iter().any(|key| seal::open(bytes, *key).is_some())
            });
            self.greet_again(peer, now);
            return if is_late { Ok(None) } else { Err(ReceiveError::Damaged) };
        };
        let frame = Frame::decode_within(body, &self.config.budget);
        frame.map(Some).map_err(ReceiveError::Malformed)
    }

    /// Says who is here, as somebody speaks who seems not to know.
    fn greet_again(&mut self, peer: Peer, now: Reading) {
        if let Some(link) = self.links.get_mut(&peer).filter(|link| link.is_heard) {
            link.is_heard = false;
            link.hello.restart(now.monotonic_ms);
        }
    }

    fn hear(&mut self, peer: Peer, frame: Frame, now: Reading) -> Result<(), ReceiveError> {
        let Some(mut link) = self.links.remove(&peer) else {
            return Err(ReceiveError::UnknownPeer);
        };
        let own = self.holding.incarnation;
        let heard = self.hear_on(&mut link, peer, frame, now);
        if self.holding.incarnation != own {
            link.reset(now.monotonic_ms, self.holding.random.draw_u32());
        }
        self.links.insert(peer, link);
        heard
    }

    fn hear_on(
        &mut self,
        link: &mut Link<S>,
        peer: Peer,
        frame: Frame,
        now: Reading,
    ) -> Result<(), ReceiveError> {
        let Some(remote) = link.remote else { return Ok(()) };
        // It speaks to this opening, so it has heard of it.
        link.heard();
        link.candidate = None;
        // What is included of the openings before may have come over another link since.
        self.inherit(remote.incarnation);
        match frame {
            Frame::Hello(_) | Frame::Refused(_) | Frame::Piece(_) => Ok(()),
            Frame::Update(update) => self.hear_update(link, peer, remote, update, now),
            Frame::Part(part) => self.hear_part(link, peer, remote, &part, now),
            Frame::PartAck(ack) => {
                self.hear_part_ack(link, &ack, now);
                Ok(())
            }
            Frame::Fingerprint(fingerprint) => {
                self.hear_fingerprint(link, peer, remote, &fingerprint, now)
            }
            Frame::Same(same) => self.hear_same(link, remote, &same, now),
            Frame::Probe(probe) => self.hear_probe(link, remote, probe, now),
            Frame::Broadcast(_) => {
                Err(ReceiveError::Unexpected("a message for all, and not for one"))
            }
        }
    }

    fn hear_update(
        &mut self,
        link: &mut Link<S>,
        peer: Peer,
        remote: Remote,
        update: Update,
        now: Reading,
    ) -> Result<(), ReceiveError> {
        let Update { told, progress, base, added, delta } = update;
        let own = self.holding.incarnation;
        if told.received.max(told.known.position(own)) > self.holding.durable().position {
            return Err(ReceiveError::Unexpected("it acknowledges what was never sent"));
        }
        let names = link.peer_names.extended(base, &added);
        let mut change = None;
        if !delta.is_empty() {
            let Some(progress) = &progress else {
                return Err(ReceiveError::Unexpected("a change belongs to no stretch of the log"));
            };
            // It builds on ids that are not known here: once the peer hears of that, it names them.
            let Some(names) = &names else {
                link.names.acknowledge(told.names);
                link.owe(now.monotonic_ms.saturating_add(self.config.ack_delay_ms));
                return Ok(());
            };
            let state = dictionary::decode::<S>(&delta, names, &self.config.budget);
            let state = state.map_err(ReceiveError::Malformed)?;
            let stretch = stretch(remote, progress);
            change = Some(Change { delta: state, stretch, is_piece: false });
        }
        let (mut arrived, mut claims) = (link.arrived.clone(), link.claims.clone());
        add_claim(&mut claims, told.at, &told);
        let stretches = progress.as_ref().map(|progress| (progress.from, progress.to));
        let advance = self.advance(remote.incarnation, stretches, &mut arrived, &mut claims);
        let is_news = change.is_some() || told.version > link.heard_version;
        if self.take(link, peer, change, advance, now)? {
            (link.arrived, link.claims) = (arrived, claims);
        } else {
            // What it tells of others still holds, once its log is there.
            add_claim(&mut link.claims, told.at, &told);
        }
        if let Some(names) = names {
            link.peer_names.learn(names);
        }
        if self.config.makes(Fault::ClearOnMerge) && is_news {
            link.acked = self.holding.durable().position;
        }
        if is_news {
            link.news_ms = now.monotonic_ms;
        }
        if progress.is_some() || told.version > 0 {
            link.owe(now.monotonic_ms.saturating_add(self.config.ack_delay_ms));
        }
        link.heard_version = link.heard_version.max(told.version);
        self.hear_told(link, remote, &told, now);
        Ok(())
    }

    /// What the peer has of the local log, and what it includes of others.
    fn hear_told(&mut self, link: &mut Link<S>, remote: Remote, told: &Told, now: Reading) {
        if told.received > link.acked {
            link.acknowledge(told.received);
            link.resend.stop();
            link.news_ms = now.monotonic_ms;
            self.holding.claims.acknowledge(told.received);
        }
        if told.heard == link.version_sent && link.version_acked < told.heard {
            link.known_acked = link.known_sent.clone();
            (link.version_acked, link.settles) = (told.heard, false);
            link.resend.stop();
        }
        if link.is_waiting() {
            link.resend.start(now.monotonic_ms, self.config.resend_ms, self.config.max_resend_ms);
        }
        link.names.acknowledge(told.names);
        let own = Reach::to(told.included);
        link.peer_known.merge(&told.known);
        link.peer_known.advance(self.holding.incarnation, own);
        if let Some(met) = self.met.get_mut(&remote.replica) {
            met.known.merge(&told.known);
            met.known.advance(self.holding.incarnation, own);
        }
        if !told.known.is_empty() {
            self.learn_lineage(&told.known, now);
        }
    }

    /// What a stretch of a sender's log brings this replica to include, given those that arrived
    /// before: nothing while there is a gap.
    pub(super) fn advance(
        &self,
        sender: Incarnation,
        stretch: Option<(u64, u64)>,
        arrived: &mut Ranges,
        claims: &mut Vec<(u64, Known)>,
    ) -> Option<Advance> {
        let held = self.holding.held.position(sender);
        if let Some((from, to)) = stretch {
            arrived.insert(from, to);
            if arrived.len() > MOST_STRETCHES {
                // It is sent again when it is not acknowledged.
                arrived.clear();
                arrived.insert(from, to);
            }
        }
        let mut from = arrived.start_of(held).unwrap_or(held);
        arrived.drop_below(held);
        let mut to = arrived.end_of(held).unwrap_or(held);
        if self.config.makes(Fault::KnowAcrossGaps) {
            (from, to) = (0, stretch.map_or(to, |(_, end)| end.max(to)));
        }
        let mut known = Known::default();
        claims.retain(|(at, claim)| {
            if *at <= to {
                known.merge(claim);
            }
            *at > to
        });
        // The sender's own entry holds where its log is there, and not before.
        let continues = self.lineage.get(sender).and_then(|reach| reach.continues);
        let mut known = known.without(sender).since(&self.holding.held);
        if to > held {
            known.advance(sender, Reach { position: to, continues });
        }
        (to > held || !known.is_empty()).then_some(Advance { sender, from, to, known })
    }

    /// Takes in a change, what it brings to include, or both, and tells the host. Returns whether
    /// that was all of it: if a value was refused, the rest of the change is merged, and nothing is
    /// included.
    pub(super) fn take(
        &mut self,
        link: &mut Link<S>,
        peer: Peer,
        change: Option<Change<S>>,
        advance: Option<Advance>,
        now: Reading,
    ) -> Result<bool, ReceiveError> {
        let before = self.holding.position();
        let taken = self.holding.take_in(change, advance, now, &self.config);
        let taken = taken.map_err(ReceiveError::Refused)?;
        link.from_peer.insert(before, self.holding.position());
        let refused = taken.refused;
        self.tell(Some(peer), taken);
        if let Some(why) = refused {
            self.tell_refusal(link, &why, now);
        }
        Ok(refused.is_none())
    }

    /// Tells the host what came of a change.
    pub(super) fn tell(&mut self, from: Option<Peer>, taken: Taken<S>) {
        let Taken { novel: delta, names, waits, refused } = taken;
        if !delta.is_bottom() {
            self.events.push_back(Event::Changed { from, names, delta });
        }
        if waits {
            let waiting = self.holding.quarantine.len();
            self.events.push_back(Event::Quarantined { from, waiting });
        }
        if let Some(why) = refused {
            self.events.push_back(Event::ValueRefused { from, why });
        }
    }
}

pub(super) const fn stretch(remote: Remote, progress: &Progress) -> Stretch {
    Stretch { sender: remote.incarnation, from: progress.from, to: progress.to }
}

/// Remembers what a peer includes at a position of its log, until that is there.
fn add_claim(claims: &mut Vec<(u64, Known)>, at: u64, told: &Told) {
    if told.known.is_empty() {
        return;
    }
    claims.push((at, told.known.clone()));
    if claims.len() > MOST_CLAIMS
        && let (Some((last, mut known)), Some((before, earlier))) = (claims.pop(), claims.pop())
    {
        // The later position holds for both.
        known.merge(&earlier);
        claims.push((last.max(before), known));
    }
}
