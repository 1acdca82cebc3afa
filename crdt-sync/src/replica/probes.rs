//! What two states differ in, found out message by message: each is one of a session's.

use alloc::boxed::Box;

use crdt_core::{ContentKey, Reading};

use super::Replica;
use crate::link::{Comparison, Link, Remote};
use crate::message::{Frame, Probe, Progress};
use crate::reconcile::{Session, Step};
use crate::transfer::{self, Sending};
use crate::{Lattice, ReceiveError};

/// A message of a comparison.
pub(super) fn probe(session: u64, round: u64, bytes: &[u8]) -> Frame {
    Frame::Probe(Probe { session, round, bytes: bytes.to_vec() })
}

impl<S: Lattice> Replica<S> {
    pub(super) fn hear_probe(
        &mut self,
        link: &mut Link<S>,
        remote: Remote,
        heard: Probe,
        now: Reading,
    ) -> Result<(), ReceiveError> {
        // What came before our last: that was lost.
        let is_former = |round: u64| round.checked_sub(1) == Some(heard.round);
        match &mut link.comparison {
            Some(Comparison::Over { id, round, last, record }) if *id == heard.session => {
                if is_former(*round) {
                    link.outbox.push_back((*record, probe(*id, *round, last)));
                }
                return Ok(());
            }
            Some(Comparison::Running { session, id, round, last, pinned, .. })
                if *id == heard.session =>
            {
                if is_former(*round) {
                    link.outbox.push_back((pinned.record, probe(*id, *round, last)));
                }
                if round.checked_add(1) != Some(heard.round) {
                    return Ok(());
                }
                match session.hear(&heard.bytes) {
                    Ok(step) => {
                        *round = heard.round;
                        self.take_step(link, step, now);
                        return Ok(());
                    }
                    Err(error) => {
                        // It can only be begun anew.
                        link.comparison = None;
                        link.comparing.stop();
                        return Err(ReceiveError::Comparison(error));
                    }
                }
            }
            Some(Comparison::Running { is_mine: true, .. })
                if heard.round == 0 && self.holding.incarnation < remote.incarnation =>
            {
                // Both have begun one: the lesser's stands.
                return Ok(());
            }
            _ => {}
        }
        // One that comes late may have been concluded with another answer.
        let is_new = heard.round == 0 && heard.session > link.answered;
        if is_new { self.answer(link, remote, heard, now) } else { Ok(()) }
    }

    /// Takes part in a comparison that the peer has begun.
    fn answer(
        &mut self,
        link: &mut Link<S>,
        remote: Remote,
        heard: Probe,
        now: Reading,
    ) -> Result<(), ReceiveError> {
        let Probe { session: id, bytes, .. } = heard;
        let pinned = self.holding.pin();
        let (whole, visible) = (pinned.whole.clone(), pinned.visible.clone());
        let answered = Session::answer(whole, visible, remote.minor, &bytes);
        let (session, step) = answered.map_err(ReceiveError::Comparison)?;
        link.answered = id;
        link.sent.insert(link.unsent(), pinned.position);
        link.comparison = Some(Comparison::Running {
            session: Box::new(session),
            id,
            is_mine: false,
            round: 0,
            last: bytes,
            pinned,
        });
        self.take_step(link, step, now);
        Ok(())
    }

    /// Does what a comparison has come to.
    fn take_step(&mut self, link: &mut Link<S>, step: Step<S>, now: Reading) {
        let Some(Comparison::Running { id, round, last, pinned, .. }) = &mut link.comparison else {
            return;
        };
        link.comparing.stop();
        link.news_ms = now.monotonic_ms;
        let (id, record) = (*id, pinned.record);
        if let Some(bytes) = step.say {
            *round += 1;
            link.outbox.push_back((record, probe(id, *round, &bytes)));
            *last = bytes;
        }
        if let Some(delta) = step.for_peer {
            let progress = Progress { from: 0, to: pinned.position, session: Some(id) };
            let key = ContentKey::from_u128(self.holding.random.draw());
            let stream = transfer::in_pieces(&delta, key, self.lengths());
            let transfer = self.holding.random.draw_u64();
            let known = pinned.known.since(&link.known_acked).without(self.holding.incarnation);
            link.sent.insert(0, pinned.position);
            link.transferring.stop();
            link.sending = Some(Sending::new(transfer, progress, known, stream, record));
        }
        if step.for_me.is_some() {
            link.compared = Some((id, step.for_me));
        }
        if step.done {
            if link.compared.as_ref().is_none_or(|(other, _)| *other != id) {
                link.compared = Some((id, None));
            }
            let (round, last) = (*round, core::mem::take(last));
            link.comparison = Some(Comparison::Over { id, round, last, record });
        } else {
            link.comparing.start(
                now.monotonic_ms,
                self.config.resend_ms,
                self.config.max_resend_ms,
            );
        }
    }
}
