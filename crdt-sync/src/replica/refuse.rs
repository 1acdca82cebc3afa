//! What to do when a message, or a value in it, is not taken in.

use alloc::string::ToString;
use core::fmt;

use crdt_core::{AdmitError, ContentKey, Reading};

use super::Replica;
use super::send::Readiness;
use crate::known::Known;
use crate::link::{Link, Remote};
use crate::message::{Frame, Progress, Refused};
use crate::transfer::{self, Sending};
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

    /// Sends once more what was sent behind a change of which the peer refuses a value: in a transfer,
    /// of which it says what has arrived. Of what comes otherwise it does not while it lacks that
    /// change, so what was lost would stay lost for as long.
    ///
    /// Cost: that of joining the changes, of each once, and at most a quarter of
    /// [`Config::max_transfer`](crate::Config::max_transfer) at a time.
    pub(super) fn send_behind(&mut self, link: &mut Link<S>, remote: Remote, now_ms: u64) {
        if link.sending.is_some() || link.is_comparing() || !core::mem::take(&mut link.is_refused) {
            return;
        }
        let Some((from, end)) = link.behind().filter(|(from, _)| *from >= self.holding.log.start())
        else {
            return;
        };
        let lengths = self.lengths();
        let (mut to, mut bytes, mut change) = (from, 0, S::default());
        while let Some(entry) = self.holding.log.get(to).filter(|_| to < end) {
            if self.readiness(link, remote, to, now_ms) != Some(Readiness::Known) {
                if bytes > 0 && bytes + entry.bytes > lengths.longest {
                    break;
                }
                bytes += entry.bytes;
                change.merge_ref(&entry.delta);
            }
            to += 1;
        }
        let id = self.holding.random.draw_u64();
        let key = ContentKey::from_u128(self.holding.random.draw());
        let progress = Progress { from, to, session: None };
        let stream = transfer::whole(&change, key, lengths);
        link.sending = Some(Sending::new(id, progress, Known::default(), stream, 0));
        link.bringing = Some((id, to));
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
