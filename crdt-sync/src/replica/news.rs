//! What a peer is to hear of what is included here.

use super::Replica;
use crate::Lattice;
use crate::known::{Known, Reach};
use crate::link::{Link, Remote};

/// What a peer is to hear of what is included.
#[derive(Default)]
pub(super) struct News {
    pub(super) known: Known,
    /// Whether this is all that it has not acknowledged.
    pub(super) is_all: bool,
}

impl<S: Lattice> Replica<S> {
    /// What the peer is to hear of what is included: all that is new, if a stretch takes it along that
    /// leaves `room` for it, or it has waited long enough; otherwise a hint of what would save it a
    /// change.
    pub(super) fn next_news(
        &self,
        link: &mut Link<S>,
        remote: Remote,
        room: Option<usize>,
        now_ms: u64,
    ) -> News {
        let durable = self.holding.durable();
        if durable.version == link.version_sent {
            link.gossip_at = None;
            return News::default();
        }
        let news = durable.known.since(&link.known_acked);
        let news = news.without(self.holding.incarnation).without(remote.incarnation);
        // That what came from the peer is included at last, it has to hear reliably.
        let was_waiting = link.settles || link.acknowledged.0 != link.acknowledged.1;
        if news.is_empty() && !was_waiting {
            link.gossip_at = None;
            (link.known_acked, link.known_sent) = (durable.known.clone(), durable.known.clone());
            (link.version_acked, link.version_sent) = (durable.version, durable.version);
            return News::default();
        }
        if room.is_some_and(|room| news.most_bytes() > room) {
            // The change goes now; the news by themselves, next.
            link.gossip_at = Some(now_ms);
            return News::default();
        }
        let due_ms = now_ms.saturating_add(self.config.gossip_ms);
        let is_due = *link.gossip_at.get_or_insert(due_ms) <= now_ms;
        if room.is_some() || is_due || was_waiting {
            (link.gossip_at, link.settles) = (None, was_waiting);
            (link.known_sent, link.version_sent) = (durable.known.clone(), durable.version);
            return News { known: news, is_all: true };
        }
        if link.is_listening && self.unsaid().is_some() {
            // It is sent no change over the link that others bring.
            return News::default();
        }
        let waiting = self.holding.log.since(link.unsent()).filter_map(|(_, entry)| entry.origin);
        let mut hint = Known::default();
        for (sender, position) in waiting {
            // What is not durable yet is not among the news, and saves nothing.
            let is_hint = |reach: &&Reach| {
                reach.position >= position && reach.position > link.known_hinted.position(sender)
            };
            if let Some(reach) = news.get(sender).filter(is_hint) {
                hint.advance(sender, *reach);
            }
        }
        link.known_hinted.merge(&hint);
        News { known: hint, is_all: false }
    }
}
