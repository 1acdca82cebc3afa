//! What is told to everybody at once: over a stream, a topic, a multicast group.
//!
//! A stretch of the log is the same whoever it is for. Said once to all who listen, it costs its
//! bytes once, and whoever was away reads on where it was, if the medium keeps what was said. The
//! medium is not trusted to bring it: who has not acknowledged a stretch over its link after a while is
//! sent it there.
//!
//! What another has told everybody is not told again. A stretch that leaves such a change out says which
//! log has it, and how far in: it counts as arrived where that is included.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crdt_core::Reading;
use crdt_core::wire::Wire;

use super::Replica;
use crate::dictionary::{self, Encoded};
use crate::fault::Fault;
use crate::holding::{Change, Stretch};
use crate::known::{Known, Reach};
use crate::message::{Broadcast, Frame};
use crate::ranges::Ranges;
use crate::sorted::SortedMap;
use crate::{Incarnation, Lattice, Peer, ReceiveError, seal};

/// What a broadcast needs at most besides its change and the ids in it: the version, the kind, who
/// says it, the stretch, two counts and the seal.
const OVERHEAD: usize = 64;

/// What a log that has to be included takes at most: an opening and a position.
const LONGEST_REQUIREMENT: usize = 8 + 10;

/// So many others' logs a broadcast may refer to.
const MOST_REQUIRED: usize = 16;

/// So many openings are listened to; of those before, what comes counts as included when a link says so.
const MOST_HEARD: usize = 256;

/// So many stretches wait for what they leave out; of more, the first are sent again over their link.
const MOST_WAITING: usize = 1_024;

/// What was said to everybody, here and by others.
#[derive(Debug, Default)]
pub(super) struct Broadcasts {
    /// The local log up to here has been said, or is left to the links; none while nothing is said.
    next: Option<u64>,
    /// What has arrived of each log, beyond what is held.
    heard: SortedMap<Incarnation, Ranges>,
    /// Stretches that leave out what is not included yet.
    waiting: VecDeque<(Stretch, Known)>,
}

impl Broadcasts {
    /// Forgets what has arrived and is not held.
    pub(super) fn forget_arrived(&mut self) {
        self.heard.values_mut().for_each(Ranges::clear);
        self.waiting.clear();
    }
}

/// What a stretch of the log is made of.
struct Gathered<S> {
    from: u64,
    to: u64,
    change: Option<S>,
    required: Known,
}

impl<S: Lattice> Replica<S> {
    /// Says whether the peer at the other end of a link hears what
    /// [`next_broadcast`](Replica::next_broadcast) gives: then that is not sent to it again unless it
    /// goes unacknowledged. It stays so until the link is disconnected, or connected anew; of a link that is
    /// not there it says nothing. Cost: O(log links).
    pub fn set_listening(&mut self, peer: Peer, is_listening: bool) {
        if let Some(link) = self.links.get_mut(&peer) {
            link.is_listening = is_listening;
        }
    }

    /// The next message for everybody, if there is one: to be asked until there is none whenever
    /// [`next_message`](Replica::next_message) is, and before it. The first call begins: what was written
    /// before it goes over the links, as does what is longer than a message.
    ///
    /// Each is at most [`Config::max_message`](crate::Config::max_message) long, can be read by itself, and
    /// may be lost, repeated and reordered. A message costs its change and some thirty bytes, and twenty for
    /// each id that writes in it; to make it, O(its bytes) and a look at each link.
    ///
    /// # Examples
    ///
    /// ```
    /// use crdt_core::Reading;
    /// use crdt_sets::OrSet;
    /// use crdt_sync::{Config, Opening, Peer, Replica};
    ///
    /// let now = Reading::wall(1_700_000_000_000);
    /// let mut fleet: Vec<_> = (1..=3)
    ///     .map(|seed| Replica::<OrSet<u64>>::new(&Opening::new(seed, now), Config::volatile()))
    ///     .collect();
    /// for replica in &mut fleet {
    ///     replica.connect(Peer(0), now); // its link, which acknowledges and repairs
    ///     replica.set_listening(Peer(0), true);
    ///     let _greeting = replica.next_message(now);
    ///     assert_eq!(replica.next_broadcast(now), None, "from here on it is said to all");
    /// }
    /// fleet[0].write(now, |set, me| set.add(me, 7))?;
    /// while let Some(bytes) = fleet[0].next_broadcast(now) {
    ///     for reader in &mut fleet[1..] {
    ///         reader.receive_broadcast(&bytes, now)?;
    ///     }
    /// }
    /// assert!(fleet.iter().all(|replica| replica.state().contains(&7)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn next_broadcast(&mut self, now: Reading) -> Option<Vec<u8>> {
        let is_open = self.holding.journal.persisted >= self.holding.opened;
        if self.is_closed || !is_open {
            return None;
        }
        let Gathered { from, to, change, required } = self.gather(now.monotonic_ms)?;
        self.broadcasts.next = Some(to);
        let encoded = change.map(|change| dictionary::Outgoing::default().encode(&change));
        let Encoded { added: ids, bytes: delta, .. } = encoded.unwrap_or_default();
        let sender = self.holding.incarnation;
        let broadcast = Broadcast { sender, from, to, required, ids, delta };
        let bytes = seal::seal(Frame::Broadcast(broadcast).encode(), seal::ANYBODY);
        if bytes.len() > self.config.max_message {
            // The ids in it take much: the links agree on those.
            return self.next_broadcast(now);
        }
        let (first_ms, most_ms) = (self.config.resend_ms, self.config.max_resend_ms);
        for link in self.links.values_mut().filter(|link| link.is_listening) {
            link.sent.insert(from, to);
            link.news_ms = now.monotonic_ms;
            if link.remote.is_some() && link.is_waiting() {
                link.resend.start(now.monotonic_ms, first_ms, most_ms);
            }
        }
        Some(bytes)
    }

    /// Says nothing to everybody any more: all goes over the links, until the next call of
    /// [`next_broadcast`](Replica::next_broadcast). Cost: O(1).
    pub const fn end_broadcast(&mut self) {
        self.broadcasts.next = None;
    }

    /// Takes in what another has said to everybody; whole, or not at all. What this replica has said
    /// itself is passed over, and so is all while it has nothing and nobody has greeted it: what there
    /// is then comes as a snapshot. Cost: O(log n) for each part of the change, as for
    /// [`receive`](Replica::receive), and a look at each of the up to 256 logs and 1,024 stretches that wait.
    ///
    /// # Errors
    ///
    /// When it is refused: see [`ReceiveError`]. Then nothing was changed. What it said comes over a link.
    pub fn receive_broadcast(&mut self, bytes: &[u8], now: Reading) -> Result<(), ReceiveError> {
        if self.is_closed {
            return Err(ReceiveError::Closed);
        }
        let (length, most) = (bytes.len(), self.config.max_message);
        if length > most {
            return Err(ReceiveError::TooLong { length, most });
        }
        self.release(now);
        let body = seal::open(bytes, seal::ANYBODY).ok_or(ReceiveError::Damaged)?;
        let frame = Frame::decode_within(body, &self.config.budget);
        let Frame::Broadcast(broadcast) = frame.map_err(ReceiveError::Malformed)? else {
            return Err(ReceiveError::Unexpected("a message for one peer, and not for all"));
        };
        let is_own = broadcast.sender == self.holding.incarnation;
        if is_own || self.is_new_to_all() {
            return Ok(());
        }
        let heard = self.hear_broadcast(broadcast, now);
        self.after_news();
        heard
    }

    fn hear_broadcast(&mut self, said: Broadcast, now: Reading) -> Result<(), ReceiveError> {
        let Broadcast { sender, from, to, required, ids, delta } = said;
        let stretch = Stretch { sender, from, to };
        let mut change = None;
        if !delta.is_empty() {
            let state = dictionary::decode::<S>(&delta, &ids, &self.config.budget);
            let delta = state.map_err(ReceiveError::Malformed)?;
            change = Some(Change { delta, stretch, is_piece: false });
        }
        let mut arrived = self.broadcasts.heard.get(&sender).cloned().unwrap_or_default();
        let is_whole = self.includes(&required);
        let stretches = is_whole.then_some((from, to));
        let advance = self.advance(sender, stretches, &mut arrived, &mut Vec::new());
        let before = self.holding.position();
        let taken = self.holding.take_in(change, advance, now, &self.config);
        let taken = taken.map_err(ReceiveError::Refused)?;
        let position = self.holding.position();
        if taken.refused.is_none() {
            if !is_whole {
                self.broadcasts.waiting.push_back((stretch, required));
                if self.broadcasts.waiting.len() > MOST_WAITING {
                    self.broadcasts.waiting.pop_front();
                }
            }
            self.broadcasts.heard.insert(sender, arrived);
            if self.broadcasts.heard.len() > MOST_HEARD {
                self.broadcasts.heard.pop_first();
            }
        }
        for link in self.links.values_mut() {
            if link.remote.is_some_and(|remote| remote.incarnation == sender) {
                link.from_peer.insert(before, position);
                link.news_ms = now.monotonic_ms;
                link.owe(now.monotonic_ms.saturating_add(self.config.ack_delay_ms));
            }
        }
        self.tell(None, taken);
        Ok(())
    }

    /// Counts as arrived what waited for others' logs, and as included what that makes whole.
    pub(super) fn settle_broadcasts(&mut self) {
        if self.broadcasts.waiting.is_empty() && self.broadcasts.heard.is_empty() {
            return;
        }
        loop {
            let waiting = core::mem::take(&mut self.broadcasts.waiting);
            let (whole, waiting): (VecDeque<_>, _) =
                waiting.into_iter().partition(|(_, required)| self.includes(required));
            self.broadcasts.waiting = waiting;
            for (Stretch { sender, from, to }, _) in whole {
                self.broadcasts.heard.get_or_default(sender).insert(from, to);
            }
            let mut has_grown = false;
            for (sender, mut arrived) in core::mem::take(&mut self.broadcasts.heard) {
                let advance = self.advance(sender, None, &mut arrived, &mut Vec::new());
                self.broadcasts.heard.insert(sender, arrived);
                if let Some(advance) = advance {
                    self.holding.include(advance);
                    has_grown = true;
                }
            }
            if !has_grown {
                return;
            }
        }
    }

    /// Until when something of the log waits to be said that others may have said already.
    pub(super) fn broadcast_deadline(&self) -> Option<u64> {
        let next = self.broadcasts.next?;
        let end = self.holding.durable().position;
        let (_, entry) = self.holding.log.since(next).next().filter(|(at, _)| *at < end)?;
        Some(entry.at_ms.saturating_add(self.config.gossip_ms))
    }

    /// Where what is said to everybody begins, for a link whose peer listens: what comes after is not
    /// sent over it.
    pub(super) const fn unsaid(&self) -> Option<u64> {
        self.broadcasts.next
    }

    /// The next stretch to be said. What a link sends better is passed over.
    fn gather(&mut self, now_ms: u64) -> Option<Gathered<S>> {
        let (log, end) = (&self.holding.log, self.holding.durable().position);
        let begin = self.broadcasts.next.unwrap_or(end).max(log.start());
        let most = self.config.max_message.saturating_sub(OVERHEAD);
        let is_joining = self.is_joining();
        let (mut from, mut to, mut bytes) = (begin, begin, 0);
        let (mut change, mut required): (Option<S>, _) = (None, Known::default());
        let mut is_stale = false;
        while let Some(entry) = log.get(to).filter(|_| to < end) {
            let is_said = entry.origin.filter(|(by, _)| self.broadcasts.heard.contains_key(by));
            if let Some((by, position)) = is_said {
                let is_new = required.get(by).is_none();
                let room = bytes + LONGEST_REQUIREMENT * (required.len() + 1);
                if is_new && (required.len() == MOST_REQUIRED || room > most) {
                    break;
                }
                required.advance(by, Reach::to(position));
                is_stale |= now_ms >= entry.at_ms.saturating_add(self.config.gossip_ms);
                to += 1;
                continue;
            }
            // It may not overtake others, or is long, or is what there was before this one came.
            let is_for_links = entry.is_tail
                || entry.bytes + LONGEST_REQUIREMENT * MOST_REQUIRED > most
                || is_joining && entry.origin.is_some();
            let has_room = bytes + entry.bytes + LONGEST_REQUIREMENT * required.len() <= most;
            if to > from && (is_for_links || !has_room) {
                break;
            }
            to += 1;
            if is_for_links {
                (from, required) = (to, Known::default());
                continue;
            }
            bytes += entry.bytes;
            match &mut change {
                Some(change) => drop(change.merge_ref(&entry.delta)),
                None => change = Some(entry.delta.clone()),
            }
        }
        self.broadcasts.next = Some(from);
        let is_worth_it = change.is_some() || is_stale;
        (to > from && is_worth_it).then_some(Gathered { from, to, change, required })
    }

    /// Whether others' logs are included as far as that.
    fn includes(&self, required: &Known) -> bool {
        required.since(&self.holding.known).is_empty()
            || self.config.makes(Fault::IncludeWithoutRequired)
    }

    /// Whether it has nothing, and nobody who might bring it what there is has been greeted.
    fn is_new_to_all(&self) -> bool {
        self.may_be_brought_all() && self.links.values().all(|link| link.need.is_none())
    }
}
