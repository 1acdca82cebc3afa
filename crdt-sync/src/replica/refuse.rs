//! What to do when a message, or a value in it, is not taken in.

use alloc::string::ToString;
use core::fmt;

use crdt_core::{AdmitError, Reading};

use super::Replica;
use crate::link::Link;
use crate::message::{Frame, Refused};
use crate::{Event, Lattice, Peer, ReceiveError};

/// The longest reason that is told.
const LONGEST_REASON: usize = 512;

impl<S: Lattice> Replica<S> {
    /// Tells both ends why a message was not taken in.
    pub(super) fn refuse(&mut self, peer: Peer, why: &ReceiveError, now: Reading) {
        self.events.push_back(Event::Refused { from: peer, why: why.clone() });
        if let Some(mut link) = self.links.remove(&peer) {
            self.tell_refusal(&mut link, why, now);
            self.links.insert(peer, link);
        }
        if let ReceiveError::Refused(why) = why {
            self.mind_own_writes(why, now);
        }
    }

    /// Gives way if what was refused shows that this replica's id is in use elsewhere.
    pub(super) fn mind_own_writes(&mut self, why: &AdmitError, now: Reading) {
        let is_own =
            matches!(why, AdmitError::OwnWriteUnknown { .. } | AdmitError::OwnWriteDiffers { .. });
        if is_own {
            self.give_way(now);
        }
    }

    /// Tells the peer why something was refused: not too often, as two ends that cannot read each
    /// other must not go on telling each other so.
    pub(super) fn tell_refusal(&self, link: &mut Link<S>, why: &impl fmt::Display, now: Reading) {
        let pause_ms = self.config.resend_ms;
        let is_early = |told: u64| told.saturating_add(pause_ms) > now.monotonic_ms;
        if link.refused_ms.is_some_and(is_early) {
            return;
        }
        link.refused_ms = Some(now.monotonic_ms);
        let mut why = why.to_string();
        while why.len() > LONGEST_REASON {
            why.pop();
        }
        let written = self.holding.journal.written();
        link.outbox.push_back((written, Frame::Refused(Refused { why })));
    }
}
