//! What a replica remembers of one link.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crdt_core::ReplicaId;

use crate::Incarnation;
use crate::dictionary;
use crate::holding::Pinned;
use crate::known::Known;
use crate::message::{Frame, Hello, Need};
use crate::pieces::{Cut, Pieces};
use crate::ranges::Ranges;
use crate::reconcile::Session;
use crate::recovery::Recovery;
use crate::transfer::{Receiving, Sending};

/// Who is at the other end, once it has said so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Remote {
    pub(crate) replica: ReplicaId,
    pub(crate) incarnation: Incarnation,
    /// What tells this connection from others that it has had.
    pub(crate) session: u32,
    /// What messages of the two are sealed with.
    pub(crate) key: u128,
    /// The minor version that both speak.
    pub(crate) minor: u8,
    /// What it wants over this connection.
    pub(crate) need: Need,
    /// How far its log had come when it said so.
    pub(crate) position: u64,
    /// Whether it may have nothing, so that there is nothing to compare.
    pub(crate) is_bottom: bool,
}

impl Remote {
    /// The other end of the connection.
    pub(crate) const fn end(&self) -> (Incarnation, u32) {
        (self.incarnation, self.session)
    }
}

/// When something unanswered is sent again: after a pause that doubles each time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Timer {
    pub(crate) at_ms: Option<u64>,
    attempts: u32,
}

impl Timer {
    /// Begins to wait for an answer, if it does not yet.
    pub(crate) fn start(&mut self, now_ms: u64, first_ms: u64, most_ms: u64) {
        if self.at_ms.is_none() {
            let doubled = first_ms.saturating_mul(1 << self.attempts.min(20));
            self.at_ms = Some(now_ms.saturating_add(doubled.min(most_ms).max(1)));
        }
    }

    /// Whether it has fired so often without an answer.
    pub(crate) const fn has_fired(&self, times: u32) -> bool {
        self.attempts >= times
    }

    /// Fires at `at_ms` for the first time.
    pub(crate) const fn restart(&mut self, at_ms: u64) {
        *self = Self { at_ms: Some(at_ms), attempts: 0 };
    }

    /// The answer is there.
    pub(crate) fn stop(&mut self) {
        *self = Self::default();
    }

    /// Whether it is time to send again; if so, the next pause is longer.
    pub(crate) fn fires(&mut self, now_ms: u64) -> bool {
        let is_due = self.at_ms.is_some_and(|at_ms| at_ms <= now_ms);
        if is_due {
            self.at_ms = None;
            self.attempts += 1;
        }
        is_due
    }
}

/// A comparison with a peer whose position the log does not reach back to.
pub(crate) enum Comparison<S> {
    /// The fingerprint of this state is under way.
    Asked { frame: Frame, pinned: Pinned<S> },
    /// What differs is being found out.
    Running {
        session: Box<Session<S>>,
        id: u64,
        /// Whether it was begun here.
        is_mine: bool,
        /// The number of the last message heard or sent.
        round: u64,
        /// The last message sent, to be sent again.
        last: Vec<u8>,
        pinned: Pinned<S>,
    },
    /// It has come to its end here. Should the last message have been lost, it is sent again.
    Over { id: u64, round: u64, last: Vec<u8>, record: u64 },
}

/// What was sent over so many former connections to the same opening is known to be late.
const MOST_FORMER: usize = 4;

#[allow(clippy::struct_excessive_bools, reason = "each is so or not, whatever the others are")]
pub(crate) struct Link<S> {
    /// Tells this connection from others that this opening has had, so that nothing said over another one is taken for news.
    pub(crate) session: u32,
    pub(crate) remote: Option<Remote>,
    /// Who was at the other end before, since this session began. Should one of them be there again,
    /// it takes another session: what both remembered of each other under this one is gone here.
    pub(crate) left: Vec<(Incarnation, u32)>,
    /// Somebody else who greeted since: perhaps the other end has begun anew, perhaps a greeting of
    /// old has been on its way for long. Whoever can seal a message for this connection is there.
    pub(crate) candidate: Option<Hello>,
    /// Whether a greeting waits for an answer.
    pub(crate) answers: bool,
    /// Whether the peer hears what is said to everybody.
    pub(crate) is_listening: bool,
    /// What this end wants over this connection, once it has said so: in its first greeting, from
    /// which on counts what is told.
    pub(crate) need: Option<Need>,
    /// The keys of connections to the same opening that this one has taken the place of.
    pub(crate) former_keys: Vec<u128>,
    /// The local log up to here is another's to bring.
    pub(crate) withheld: u64,
    /// When the peer is asked whether it still waits for that.
    pub(crate) withholding: Timer,
    /// What a greeting that does not fit into one message says is included: the same each time it
    /// is repeated, so that what has arrived of it is completed.
    pub(crate) greeting: Option<Known>,
    /// Whether the other end has shown that it heard our hello.
    pub(crate) is_heard: bool,
    pub(crate) hello: Timer,
    /// Frames to be sent as soon as the record with their number is durable.
    pub(crate) outbox: VecDeque<(u64, Frame)>,
    /// What is being sent in pieces, as it is longer than a message.
    pub(crate) cut: Option<Cut>,
    /// The pieces of such messages that have arrived.
    pub(crate) pieces: Pieces,

    /// The peer has the local log up to here …
    pub(crate) acked: u64,
    /// … and these stretches beyond are under way.
    pub(crate) sent: Ranges,
    /// The changes of the local log that came from the peer: whether or not the log still holds
    /// them, they need not be sent.
    pub(crate) from_peer: Ranges,
    pub(crate) resend: Timer,
    /// What of `sent` is sent again.
    recovery: Recovery,
    /// Whether the peer has refused something since that began.
    pub(crate) is_refused: bool,
    /// What was sent behind the first change that goes unacknowledged has arrived up to here …
    behind: u64,
    /// … and up to here with the transfer of this number.
    pub(crate) bringing: Option<(u64, u64)>,
    /// What the peer has acknowledged of what it was told is included here, and the version of that.
    pub(crate) known_acked: Known,
    pub(crate) version_acked: u64,
    /// What it was told last.
    pub(crate) known_sent: Known,
    pub(crate) version_sent: u64,
    /// What it was told beside that, so that it need not be sent a change again.
    pub(crate) known_hinted: Known,
    /// Whether what was told last says that what came from the peer is included at last.
    pub(crate) settles: bool,
    /// When news are to be told that nothing else takes along.
    pub(crate) gossip_at: Option<u64>,
    pub(crate) names: dictionary::Outgoing,

    /// What the peer says it durably includes.
    pub(crate) peer_known: Known,
    /// … and from which positions of its log on: to be taken over when those are included.
    pub(crate) claims: Vec<(u64, Known)>,
    pub(crate) heard_version: u64,
    /// Stretches of the peer's log that have arrived, beyond what is held.
    pub(crate) arrived: Ranges,
    pub(crate) peer_names: dictionary::Incoming,
    /// When the peer is to hear what has arrived.
    pub(crate) owes_at: Option<u64>,
    /// What it was last told of its own log.
    pub(crate) acknowledged: (u64, u64),

    pub(crate) comparison: Option<Comparison<S>>,
    pub(crate) comparing: Timer,
    /// The last comparison of the peer's that was answered. One before it, or it again, comes late:
    /// answered twice, it would conclude at one end what was not compared at the other.
    pub(crate) answered: u64,
    /// The comparison that has come to its end here and whose transfer is awaited, and the kills that
    /// it found, to be merged with the last of that.
    pub(crate) compared: Option<(u64, Option<S>)>,
    pub(crate) sending: Option<Sending>,
    pub(crate) transferring: Timer,
    pub(crate) receiving: Option<Receiving>,

    /// When the peer was last told why a message was refused.
    pub(crate) refused_ms: Option<u64>,
    /// When there was last something new on this link.
    pub(crate) news_ms: u64,
    /// The positions of both at which equality was last asked about.
    pub(crate) verified: Option<(u64, u64)>,
}

impl<S> Link<S> {
    pub(crate) fn new(now_ms: u64, session: u32) -> Self {
        Self {
            session,
            remote: None,
            left: Vec::new(),
            candidate: None,
            answers: false,
            is_listening: false,
            need: None,
            former_keys: Vec::new(),
            withheld: 0,
            withholding: Timer::default(),
            greeting: None,
            is_heard: false,
            hello: Timer { at_ms: Some(now_ms), attempts: 0 },
            outbox: VecDeque::new(),
            cut: None,
            pieces: Pieces::default(),
            acked: 0,
            sent: Ranges::default(),
            from_peer: Ranges::default(),
            resend: Timer::default(),
            recovery: Recovery::default(),
            is_refused: false,
            behind: 0,
            bringing: None,
            known_acked: Known::default(),
            version_acked: 0,
            known_sent: Known::default(),
            version_sent: 0,
            known_hinted: Known::default(),
            settles: false,
            gossip_at: None,
            names: dictionary::Outgoing::default(),
            peer_known: Known::default(),
            claims: Vec::new(),
            heard_version: 0,
            arrived: Ranges::default(),
            peer_names: dictionary::Incoming::default(),
            owes_at: None,
            acknowledged: (0, 0),
            comparison: None,
            comparing: Timer::default(),
            answered: 0,
            compared: None,
            sending: None,
            transferring: Timer::default(),
            receiving: None,
            refused_ms: None,
            news_ms: now_ms,
            verified: None,
        }
    }

    /// Begins anew: nothing that was said holds.
    pub(crate) fn reset(&mut self, now_ms: u64, session: u32) {
        *self = Self { is_listening: self.is_listening, ..Self::new(now_ms, session) };
    }

    /// The other end has shown that it knows who is here.
    pub(crate) fn heard(&mut self) {
        self.is_heard = true;
        self.greeting = None;
        self.hello.stop();
    }

    /// The keys of former connections, this one's among them.
    pub(crate) fn superseded(&mut self, key: u128) -> Vec<u128> {
        let mut keys = core::mem::take(&mut self.former_keys);
        keys.insert(0, key);
        keys.truncate(MOST_FORMER);
        keys
    }

    /// Where what the peer is to be sent begins.
    fn begin(&self) -> u64 {
        self.acked.max(self.withheld)
    }

    /// Whether the peer has all that there is brought by another: it is sent only what comes.
    pub(crate) fn withholds(&self) -> bool {
        self.need == Some(Need::Difference)
            && self.remote.is_some_and(|remote| remote.need == Need::NothingYet)
    }

    /// Whether the peer withholds what it has.
    pub(crate) fn is_kept_waiting(&self) -> bool {
        self.need == Some(Need::NothingYet)
            && self.remote.is_some_and(|remote| remote.need == Need::Difference)
    }

    /// The first position that is neither acknowledged nor under way.
    pub(crate) fn unsent(&self) -> u64 {
        let begin = self.begin();
        self.sent.end_of(begin).unwrap_or(begin)
    }

    /// Sends again what went unacknowledged: the first change, and more if that proves to be lost.
    pub(crate) fn send_again(&mut self) {
        self.recovery.begin(self.begin(), &mut self.sent);
        self.keep_sending();
    }

    /// The peer has the local log up to `acked`, which is news.
    pub(crate) fn acknowledge(&mut self, acked: u64) {
        self.acked = acked;
        self.sent.drop_below(acked);
        self.from_peer.drop_below(acked);
        self.recovery.acknowledge(self.begin(), &mut self.sent);
        self.keep_sending();
    }

    /// Where that begins which was sent behind what is sent again, and is not known to have arrived.
    pub(crate) fn behind(&self) -> Option<(u64, u64)> {
        let from = self.recovery.to().max(self.behind);
        Some((from, self.sent.end_of(from)?))
    }

    /// All of the transfer of this number has arrived.
    pub(crate) fn brought(&mut self, id: u64) {
        if let Some((_, to)) = self.bringing.take_if(|(bringing, _)| *bringing == id) {
            self.behind = self.behind.max(to);
        }
    }

    /// What is being transferred is sent again by itself.
    fn keep_sending(&mut self) {
        if let Some(sending) = &self.sending {
            self.sent.insert(sending.progress.from, sending.progress.to);
        }
    }

    /// Whether changes are under way before the first that is not.
    pub(crate) fn is_under_way(&self) -> bool {
        self.unsent() > self.acked
    }

    /// The first position that is neither acknowledged nor under way, and was not the peer's own.
    pub(crate) fn lacking(&self) -> u64 {
        let mut position = self.begin();
        while let Some(end) = self.sent.end_of(position).or_else(|| self.from_peer.end_of(position))
        {
            position = end;
        }
        position
    }

    /// Whether a comparison is under way.
    pub(crate) const fn is_comparing(&self) -> bool {
        matches!(self.comparison, Some(Comparison::Asked { .. } | Comparison::Running { .. }))
    }

    /// Whether something is under way that the peer is to acknowledge.
    pub(crate) fn is_waiting(&self) -> bool {
        let is_sent = !self.withholds() && self.unsent() > self.acked;
        is_sent || self.version_sent > self.version_acked
    }

    /// Whether equality was asked about because the log does not reach back to where the peer is.
    pub(crate) const fn is_in_need(&self) -> bool {
        let Some(Comparison::Asked { frame: Frame::Fingerprint(asked), .. }) = &self.comparison
        else {
            return false;
        };
        asked.yours.is_none()
    }

    /// Whether what differs is being found out.
    pub(crate) const fn is_running(&self) -> bool {
        matches!(self.comparison, Some(Comparison::Running { .. }))
    }

    /// Whether the comparison is under way that a transfer concludes.
    pub(crate) fn is_comparing_in(&self, session: Option<u64>) -> bool {
        matches!(&self.comparison, Some(Comparison::Running { id, .. }) if Some(*id) == session)
    }

    /// Has an acknowledgement sent at `at_ms` at the latest.
    pub(crate) fn owe(&mut self, at_ms: u64) {
        self.owes_at = Some(self.owes_at.map_or(at_ms, |owed| owed.min(at_ms)));
    }
}
