//! What is longer than a message, as it arrives.

use alloc::vec::Vec;

use crdt_core::{Merge, Reading};

use super::Replica;
use super::receive::stretch;
use crate::fault::Fault;
use crate::holding::Change;
use crate::link::{Link, Remote};
use crate::message::{Frame, Part, PartAck};
use crate::transfer::{Misfit, Receiving};
use crate::{Lattice, Peer, ReceiveError};

impl<S: Lattice> Replica<S> {
    /// Takes in a part: merges the states that it completes and, with the last of them, counts the
    /// stretch as included. One that is refused leaves what is being received as it was.
    pub(super) fn hear_part(
        &mut self,
        link: &mut Link<S>,
        peer: Peer,
        remote: Remote,
        part: &Part,
        now: Reading,
    ) -> Result<(), ReceiveError> {
        if link.is_comparing_in(part.progress.session) {
            // What it concludes is still under way: it will come again.
            return Ok(());
        }
        let (mut receiving, other) = match link.receiving.take() {
            Some(receiving) if receiving.id == part.transfer => (receiving, None),
            other => (Receiving::new(part.transfer, part.total), other),
        };
        let taken = self.take_part(link, peer, remote, (part, &mut receiving), now);
        if taken.is_ok() {
            receiving.keep();
            link.receiving = Some(receiving);
        } else {
            receiving.take_back();
            link.receiving = other.or_else(|| (receiving.offset > 0).then_some(receiving));
        }
        taken
    }

    fn take_part(
        &mut self,
        link: &mut Link<S>,
        peer: Peer,
        remote: Remote,
        (part, receiving): (&Part, &mut Receiving),
        now: Reading,
    ) -> Result<(), ReceiveError> {
        let (concludes, was_done) = (part.progress.session, receiving.is_done());
        let most = self.config.max_transfer;
        receiving.add(part, most).map_err(|misfit| match misfit {
            Misfit::NoStream => ReceiveError::Unexpected("a part of no stream"),
            Misfit::TooLong(length) => ReceiveError::ValueTooLong { length, most },
        })?;
        let mut changes: Vec<S> = Vec::new();
        for bytes in receiving.states() {
            let state = S::decode_within(bytes, &self.config.budget);
            changes.push(state.map_err(ReceiveError::Malformed)?);
        }
        for change in &changes {
            self.holding.check(change, now).map_err(ReceiveError::Refused)?;
        }
        let is_first = part.offset == 0 && self.config.makes(Fault::CountFirstPart);
        let ends = (receiving.is_done() || is_first) && !was_done;
        let (mut arrived, mut claims) = (link.arrived.clone(), link.claims.clone());
        let (mut last, mut advance) = (changes.pop(), None);
        if ends {
            let compared = link.compared.take().filter(|(id, _)| Some(*id) == concludes);
            if compared.is_some() {
                self.block_all(remote);
            }
            if concludes.is_none() || compared.is_some() {
                claims.push((part.progress.to, part.known.clone()));
                let stretches = Some((part.progress.from, part.progress.to));
                advance = self.advance(remote.incarnation, stretches, &mut arrived, &mut claims);
            }
            // What was found out to be dead goes with what replaces it.
            last.merge(compared.and_then(|(_, kills)| kills));
        }
        let stretch = stretch(remote, &part.progress);
        let along = |delta| Some(Change { delta, stretch, is_piece: true });
        for change in changes {
            receiving.is_partial |= !self.take(link, peer, along(change), None, now)?;
        }
        if receiving.is_partial {
            // What was refused is offered again, with what it replaces and all that the stretch
            // brings to include.
            last = last.map(|last| Self::without_kills(&last));
            advance = None;
        }
        if last.is_some() || advance.is_some() {
            let last = last.and_then(along);
            receiving.is_partial |= !self.take(link, peer, last, advance, now)?;
        }
        if receiving.is_partial {
            (arrived, claims) = (link.arrived.clone(), link.claims.clone());
        }
        (link.arrived, link.claims) = (arrived, claims);
        link.news_ms = now.monotonic_ms;
        if ends {
            link.owe(now.monotonic_ms.saturating_add(self.config.ack_delay_ms));
        }
        let ack = PartAck { transfer: part.transfer, offset: receiving.offset };
        link.outbox.retain(|(_, frame)| !matches!(frame, Frame::PartAck(_)));
        link.outbox.push_back((self.holding.journal.written(), Frame::PartAck(ack)));
        Ok(())
    }

    /// A state without what it kills: something that was to replace it was refused, and there is no
    /// telling what.
    fn without_kills(state: &S) -> S {
        S::dots().map_or_else(|| state.clone(), |dots| dots.restrict(state, &dots.live(state)))
    }

    /// How much of what is being sent has arrived.
    pub(super) fn hear_part_ack(&self, link: &mut Link<S>, ack: &PartAck, now: Reading) {
        let Some(sending) = link.sending.as_mut().filter(|sending| sending.id == ack.transfer)
        else {
            return;
        };
        if sending.acknowledge(ack.offset) {
            // The rest may have been lost, or come too early.
            link.transferring.stop();
            let (first_ms, most_ms) = (self.config.resend_ms, self.config.max_resend_ms);
            link.transferring.start(now.monotonic_ms, first_ms, most_ms);
            link.news_ms = now.monotonic_ms;
        }
        if sending.is_done() {
            link.sending = None;
            link.brought(ack.transfer);
            link.transferring.stop();
            // Its acknowledgement as a stretch of the log is still to come. Should a value have been
            // refused it does not, and the next attempt is to wait longer.
            link.resend.at_ms = None;
            link.resend.start(now.monotonic_ms, self.config.resend_ms, self.config.max_resend_ms);
        }
    }
}
