//! Until when nothing happens by itself.

use super::Replica;
use super::send::{Readiness, due_ms};
use crate::Lattice;

impl<S: Lattice> Replica<S> {
    /// When [`next_message`](Replica::next_message) is to be asked again at the latest, in
    /// milliseconds of the monotonic clock; `None` when nothing waits for time.
    pub fn next_deadline(&self) -> Option<u64> {
        if self.is_closed {
            return None;
        }
        let (log, end) = (&self.holding.log, self.holding.durable().position);
        // Until the opening is durable, that is what everything waits for.
        let is_open = self.holding.journal.persisted >= self.holding.opened;
        let on_links = self.links.values().filter(|_| is_open).filter_map(|link| {
            let hello = link.hello.at_ms.filter(|_| !link.is_heard);
            let withholding = link.withholding.at_ms.filter(|_| link.withholds());
            let timers = [hello, link.comparing.at_ms, link.transferring.at_ms, link.resend.at_ms];
            let timers = timers.into_iter().chain([withholding]);
            // What the log no longer reaches back to is compared, now or when both ends may.
            let is_beyond = link.lacking() < log.start();
            let is_busy = is_beyond || link.sending.is_some() || link.is_comparing();
            let may_send = link.remote.is_some() && !is_busy;
            let forward = may_send.then_some(()).and_then(|()| {
                let unsent = link.unsent();
                let unsaid = self.unsaid().filter(|_| link.is_listening).unwrap_or(end);
                let mut waiting = log.since(unsent).take_while(|(at, _)| *at < end.min(unsaid));
                let remote = link.remote?;
                let (at, entry) = waiting.find(|(at, _)| link.sent.end_of(*at).is_none())?;
                if entry.is_tail && link.is_under_way() {
                    return None;
                }
                let readiness = self.readiness(link, remote, at, 0)?;
                Some(match readiness {
                    Readiness::Known => entry.at_ms.saturating_add(self.config.gossip_ms),
                    _ => due_ms(entry.at_ms, &self.config),
                })
            });
            let quiet = self.verify_deadline(link);
            let news = link.gossip_at;
            let is_ready = |remote| self.may_acknowledge(link, remote);
            let owes = link.owes_at.filter(|_| link.remote.is_some_and(is_ready));
            timers.chain([owes, forward, quiet, news]).flatten().min()
        });
        let waiting = self.holding.release_deadline(&self.config);
        let broadcast = self.broadcast_deadline().filter(|_| is_open);
        let others = [self.lag_deadline(), self.joining_deadline(), waiting, broadcast];
        on_links.chain(others.into_iter().flatten()).min()
    }
}
