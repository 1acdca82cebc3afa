//! What to do when the log does not reach back to where a peer is: compare fingerprints, and have
//! what differs found out; or bring the peer everything, if it has nothing.

use alloc::boxed::Box;

use crdt_core::{ContentKey, Reading};

use super::Replica;
use super::probes::probe;
use crate::fault::Fault;
use crate::holding::Pinned;
use crate::known::Known;
use crate::link::{Comparison, Link, Remote};
use crate::message::{Fingerprint, Frame, Need, Progress, Same};
use crate::reconcile::Session;
use crate::transfer::{self, Lengths, Sending};
use crate::{Event, Lattice, Peer, ReceiveError};

/// How often a message of a comparison is sent again before it is given up.
const MOST_ATTEMPTS: u32 = 6;

impl<S: Lattice> Replica<S> {
    /// Begins a comparison, if the log does not reach back to where the peer is.
    pub(super) fn begin_comparison(&mut self, link: &mut Link<S>, remote: Remote, now: Reading) {
        let is_beyond = link.lacking() < self.holding.log.start();
        if is_beyond && self.config.makes(Fault::ForgetTrimmed) {
            link.acked = link.acked.max(self.holding.log.start());
            return;
        }
        let waits = link.withholds()
            || link.is_kept_waiting()
            || self.is_joining() && remote.need == Need::NothingYet;
        if !is_beyond || waits || link.is_comparing() || link.sending.is_some() {
            return;
        }
        let pinned = self.holding.pin();
        link.sent.insert(link.acked, pinned.position);
        if remote.is_bottom && link.acked == 0 {
            // Should this one fail, it will be found to have something.
            link.remote = Some(Remote { is_bottom: false, ..remote });
            let progress = Progress { from: 0, to: pinned.position, session: None };
            let key = ContentKey::from_u128(self.holding.random.draw());
            let stream = transfer::in_pieces(&*pinned.visible, key, self.lengths());
            let id = self.holding.random.draw_u64();
            link.sending = Some(Sending::new(id, progress, pinned.known, stream, pinned.record));
            return;
        }
        let key = self.holding.random.draw_u64();
        let frame = Frame::Fingerprint(Fingerprint {
            key,
            hash: fingerprint(key, &*pinned.whole),
            at: pinned.position,
            known: self.beyond_told(link, &pinned),
            yours: None,
        });
        self.ask(link, frame, pinned, now);
    }

    /// What a state includes beyond what the peer has heard: it has that from before, as included at
    /// a position no later.
    pub(super) fn beyond_told(&self, link: &Link<S>, pinned: &Pinned<S>) -> Known {
        pinned.known.since(&link.known_acked).without(self.holding.incarnation)
    }

    /// How long the states of a stream are: there is room for several where they arrive.
    pub(super) const fn lengths(&self) -> Lengths {
        Lengths { piece: self.config.max_message / 2, longest: self.config.max_transfer / 4 }
    }

    fn ask(&self, link: &mut Link<S>, frame: Frame, pinned: Pinned<S>, now: Reading) {
        link.outbox.push_back((pinned.record, frame.clone()));
        link.comparison = Some(Comparison::Asked { frame, pinned });
        link.comparing.start(now.monotonic_ms, self.config.resend_ms, self.config.max_resend_ms);
    }

    /// Sends the last message of a comparison again.
    pub(super) fn repeat_comparison(&self, link: &mut Link<S>) {
        if link.is_running() && link.comparing.has_fired(MOST_ATTEMPTS) {
            // The other end has lost it, or was begun by a message of old. What was to come of it
            // is asked for anew.
            link.comparison = None;
            link.comparing.stop();
            link.sent.clear();
            return;
        }
        let (frame, record) = match &link.comparison {
            Some(Comparison::Asked { frame, pinned }) => (frame.clone(), pinned.record),
            Some(Comparison::Running { id, round, last, pinned, .. }) => {
                (probe(*id, *round, last), pinned.record)
            }
            _ => return,
        };
        if let Frame::Fingerprint(Fingerprint { yours: Some(yours), at, .. }) = &frame {
            // Asked for good measure: not for its own sake, once there is something new.
            let theirs = link.remote.map(|remote| self.holding.held.position(remote.incarnation));
            if *at != self.holding.position() || theirs != Some(*yours) {
                link.comparison = None;
                return;
            }
        }
        link.outbox.push_back((record, frame));
    }

    /// When nothing has happened for a while, the lesser of the two asks whether the states are
    /// equal, as they should be.
    pub(super) fn verify(&mut self, link: &mut Link<S>, remote: Remote, now: Reading) {
        let is_due = self.verify_deadline(link).is_some_and(|at_ms| at_ms <= now.monotonic_ms);
        if !is_due {
            return;
        }
        let pinned = self.holding.pin();
        let yours = self.holding.held.position(remote.incarnation);
        link.verified = Some((pinned.position, yours));
        let key = self.holding.random.draw_u64();
        let frame = Frame::Fingerprint(Fingerprint {
            key,
            hash: fingerprint(key, &*pinned.visible),
            at: pinned.position,
            known: Known::default(),
            yours: Some(yours),
        });
        self.ask(link, frame, pinned, now);
    }

    /// When equality is to be asked about, if it is.
    pub(super) fn verify_deadline(&self, link: &Link<S>) -> Option<u64> {
        let remote = link.remote?;
        let position = self.holding.position();
        let yours = self.holding.held.position(remote.incarnation);
        let is_settled = link.acked == position
            && self.holding.durable().position == position
            && !link.is_comparing()
            && link.sending.is_none()
            && !link.is_kept_waiting()
            && self.holding.known.position(remote.incarnation) == yours
            && link.verified != Some((position, yours))
            && self.holding.incarnation < remote.incarnation;
        is_settled.then(|| link.news_ms.saturating_add(self.config.quiet_ms))
    }

    pub(super) fn hear_fingerprint(
        &mut self,
        link: &mut Link<S>,
        peer: Peer,
        remote: Remote,
        theirs: &Fingerprint,
        now: Reading,
    ) -> Result<(), ReceiveError> {
        let position = self.holding.position();
        if let Some(yours) = theirs.yours {
            let included = self.holding.known.position(remote.incarnation);
            if yours != position || included < theirs.at {
                // There is something new: that comes first.
                link.owe(now.monotonic_ms.saturating_add(self.config.ack_delay_ms));
                return Ok(());
            }
        }
        let pinned = self.holding.pin();
        // What waits in quarantine has no position yet, so it is left out where positions agree.
        let state = if theirs.yours.is_some() { &pinned.visible } else { &pinned.whole };
        if fingerprint(theirs.key, &**state) == theirs.hash {
            self.take_as_equal(link, remote, theirs.at, &theirs.known, now)?;
            if theirs.yours.is_none() {
                link.owe(now.monotonic_ms.saturating_add(self.config.ack_delay_ms));
            }
            let known = if theirs.yours.is_some() {
                Known::default()
            } else {
                self.beyond_told(link, &pinned)
            };
            let same = Same { at: theirs.at, mine: pinned.position, known };
            link.outbox.push_back((self.holding.journal.written(), Frame::Same(same)));
            return Ok(());
        }
        if theirs.yours.is_some() {
            self.events.push_back(Event::Diverged { peer });
        }
        if link.is_running() {
            // It is being found out already.
            return Ok(());
        }
        let is_lesser = self.holding.incarnation < remote.incarnation;
        if link.is_in_need() && (is_lesser || theirs.yours.is_some()) {
            // Both asked: the lesser's question stands, and that of who needs an answer before one
            // for good measure.
            return Ok(());
        }
        let key = ContentKey::from_u128(self.holding.random.draw());
        // In order, so that the peer can tell those that come late.
        self.comparisons = self.comparisons.saturating_add(1);
        let id = u64::from(self.comparisons) << 32 | u64::from(self.holding.random.draw_u32());
        let (whole, visible) = (pinned.whole.clone(), pinned.visible.clone());
        let (session, bytes) = Session::open(whole, visible, key, remote.minor);
        link.sent.insert(link.unsent(), pinned.position);
        link.outbox.push_back((pinned.record, probe(id, 0, &bytes)));
        let last = bytes;
        link.comparison = Some(Comparison::Running {
            session: Box::new(session),
            id,
            is_mine: true,
            round: 0,
            last,
            pinned,
        });
        link.comparing.stop();
        link.comparing.start(now.monotonic_ms, self.config.resend_ms, self.config.max_resend_ms);
        Ok(())
    }

    /// In a comparison all that waits counts as held. So it may be the peer's, too, whoever brought
    /// it, and nothing of the peer's counts as included while it waits.
    pub(super) fn block_all(&mut self, remote: Remote) {
        let from = self.holding.known.position(remote.incarnation);
        self.holding.block(remote.incarnation, from);
    }

    /// The peer's state at `at` is this one: so all that it includes is included.
    fn take_as_equal(
        &mut self,
        link: &mut Link<S>,
        remote: Remote,
        at: u64,
        known: &Known,
        now: Reading,
    ) -> Result<(), ReceiveError> {
        self.block_all(remote);
        link.claims.push((at, known.clone()));
        let progress = Progress { from: 0, to: at, session: None };
        let (mut arrived, mut claims) = (link.arrived.clone(), link.claims.clone());
        let stretch = Some((progress.from, progress.to));
        let advance = self.advance(remote.incarnation, stretch, &mut arrived, &mut claims);
        if advance.is_some() {
            let taken = self.holding.take_in(None, advance, now, &self.config);
            taken.map_err(ReceiveError::Refused)?;
            link.owe(now.monotonic_ms.saturating_add(self.config.ack_delay_ms));
        }
        (link.arrived, link.claims) = (arrived, claims);
        Ok(())
    }

    pub(super) fn hear_same(
        &mut self,
        link: &mut Link<S>,
        remote: Remote,
        same: &Same,
        now: Reading,
    ) -> Result<(), ReceiveError> {
        let Some(Comparison::Asked { pinned, .. }) = &link.comparison else { return Ok(()) };
        if pinned.position != same.at {
            return Ok(());
        }
        link.comparison = None;
        link.comparing.stop();
        self.holding.claims.acknowledge(same.at);
        if link.is_waiting() {
            // That it counts as included there is still to come.
            link.resend.start(now.monotonic_ms, self.config.resend_ms, self.config.max_resend_ms);
        }
        self.take_as_equal(link, remote, same.mine, &same.known, now)
    }
}

/// A hash of a state. Two differ with 64 bits of a key that nobody knew who wrote into them.
fn fingerprint<S: Lattice>(key: u64, state: &S) -> u64 {
    let hash = ContentKey::from_u128(u128::from(key)).hash(state);
    u64::try_from(hash >> 64).unwrap_or(u64::MAX)
}
