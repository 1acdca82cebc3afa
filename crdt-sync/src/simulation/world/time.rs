//! What happens as time passes.

use alloc::format;

use crdt_core::laws::Model;

use super::{World, violated};
use crate::simulation::network::Coming;
use crate::simulation::report::{Law, Violation};
use crate::simulation::step::Name;
use crate::simulation::story::kinds;
use crate::{Lattice, Peer};

/// No replica says more than this at once.
const MOST_AT_ONCE: u64 = 5_000;

/// For how many milliseconds a replica may ask to be asked at once, without anything to say.
const MOST_STALLS: u64 = 3_000;

/// How many things happen in a run at most.
const MOST_MOMENTS: u64 = 100_000;

impl<M: Model<State: Lattice>> World<M> {
    /// Lets everything happen that happens until then.
    pub(super) fn pass(&mut self, until_ms: u64) -> Result<(), Violation> {
        while let Some(at_ms) = self.next_at().filter(|at_ms| *at_ms <= until_ms) {
            self.now_ms = self.now_ms.max(at_ms);
            self.moments += 1;
            if self.moments > MOST_MOMENTS {
                return violated(Law::Silence, "there is no end to what happens");
            }
            self.happen()?;
        }
        self.now_ms = self.now_ms.max(until_ms);
        Ok(())
    }

    /// When something happens next.
    pub(super) fn next_at(&self) -> Option<u64> {
        let hosts = self.hosts.iter().filter_map(|host| host.wake_ms);
        hosts.chain(self.network.next_at()).min()
    }

    /// What is due happens: one thing.
    fn happen(&mut self) -> Result<(), Violation> {
        if self.network.next_at().is_some_and(|at_ms| at_ms <= self.now_ms) {
            return match self.network.pop() {
                Some(Coming::Message { from, to, connection, bytes }) => {
                    self.deliver(from, to, connection, &bytes)
                }
                Some(Coming::Broadcast { from, to, bytes }) => {
                    self.deliver_broadcast(from, to, &bytes)
                }
                Some(Coming::Synced { host, opening, written }) => {
                    if self.hosts[host].is_up() && self.hosts[host].opening == opening {
                        self.sync(host, written)?;
                        self.pump(host)?;
                    }
                    Ok(())
                }
                None => Ok(()),
            };
        }
        for host in 0..self.hosts.len() {
            if self.hosts[host].wake_ms.is_some_and(|at_ms| at_ms <= self.now_ms) {
                return self.wake(host);
            }
        }
        Ok(())
    }

    fn deliver(
        &mut self,
        from: usize,
        to: usize,
        connection: u64,
        bytes: &[u8],
    ) -> Result<(), Violation> {
        let now = self.hosts[to].reading_if_up(self.now_ms);
        if !self.network.carries(from, to, connection) || !self.hosts[to].links.contains(&from) {
            return Ok(());
        }
        if let (Some(replica), Some(now)) = (self.replica(to), now) {
            // What is refused is told by an event, too.
            let received = replica.receive(Peer(from as u64), bytes, now);
            let (from, to, length) = (Name(from), Name(to), bytes.len());
            let said = format_args!("    {to} hears {from}: {length} bytes, {received:?}");
            self.story.tell(self.now_ms, said);
        }
        self.pump(to)
    }

    /// What was said to everybody reaches one, if it is up: what it misses comes over a link.
    fn deliver_broadcast(&mut self, from: usize, to: usize, bytes: &[u8]) -> Result<(), Violation> {
        let now = self.hosts[to].reading_if_up(self.now_ms);
        let is_cut = self.network.cut.contains(&(from, to));
        let (Some(replica), Some(now), false) = (self.replica(to), now, is_cut) else {
            return Ok(());
        };
        let heard = replica.receive_broadcast(bytes, now);
        let (host, by, length) = (Name(to), Name(from), bytes.len());
        let said = format_args!("    {host} hears {by} say to all: {length} bytes, {heard:?}");
        self.story.tell(self.now_ms, said);
        if let Err(why) = heard
            && !self.may_be_refused(&why)
        {
            let evidence = format!("{host} refuses what {by} says to everybody: {why}");
            return violated(Law::Refusal, evidence);
        }
        self.pump(to)
    }

    /// Has a replica say to everybody what it has to say.
    fn broadcast(&mut self, host: usize, now: crdt_core::Reading) -> Result<(), Violation> {
        while self.setup.is_broadcast
            && let Some(bytes) = self.replica(host).and_then(|replica| replica.next_broadcast(now))
        {
            let most = self.hosts[host].config.max_message;
            if bytes.len() > most {
                let length = bytes.len();
                let evidence = format!("a broadcast of {length} bytes, where {most} are the most");
                return violated(Law::Refusal, evidence);
            }
            for kind in kinds(&bytes) {
                self.counts.add(kind, 1);
            }
            let others = self.present().filter(|other| *other != host);
            for other in others {
                self.story.tell_message(self.now_ms, host, other, &bytes);
                self.network.broadcast(host, other, &bytes, self.now_ms, &mut self.dice);
            }
        }
        Ok(())
    }

    /// A host asked to be asked now.
    fn wake(&mut self, host: usize) -> Result<(), Violation> {
        let before = self.network.traffic.total.messages;
        let position = self.hosts[host].replica.as_ref().map(crate::Replica::position);
        self.pump(host)?;
        let now_ms = self.now_ms;
        let has_done = self.network.traffic.total.messages != before
            || self.hosts[host].replica.as_ref().map(crate::Replica::position) != position;
        let this = &mut self.hosts[host];
        if this.wake_ms.is_some_and(|at_ms| at_ms <= now_ms) {
            this.stalled = if has_done { 0 } else { this.stalled + 1 };
            this.wake_ms = Some(now_ms + 1);
        } else {
            this.stalled = 0;
        }
        if this.stalled > MOST_STALLS {
            return violated(
                Law::Silence,
                format!("{} asks to be asked again and again, and has nothing to say", Name(host)),
            );
        }
        Ok(())
    }

    /// Takes out of a replica all that it has to say.
    pub(super) fn pump(&mut self, host: usize) -> Result<(), Violation> {
        let mut said = 0;
        loop {
            self.drain_records(host);
            self.drain_events(host)?;
            let Some(now) = self.hosts[host].reading_if_up(self.now_ms) else { return Ok(()) };
            self.broadcast(host, now)?;
            let Some(message) = self.replica(host).and_then(|replica| replica.next_message(now))
            else {
                break;
            };
            said += 1;
            if said > MOST_AT_ONCE {
                let evidence = format!("{} says {said} messages at once", Name(host));
                return violated(Law::Silence, evidence);
            }
            let most = self.hosts[host].config.max_message;
            if message.bytes.len() > most {
                let length = message.bytes.len();
                let evidence = format!("{message:?} of {length} bytes, where {most} are the most");
                return violated(Law::Refusal, evidence);
            }
            let to = usize::try_from(message.to.0).unwrap_or(usize::MAX);
            self.story.tell_message(self.now_ms, host, to, &message.bytes);
            for kind in kinds(&message.bytes) {
                self.counts.add(kind, 1);
            }
            self.network.send(host, to, &message.bytes, self.now_ms, &mut self.dice);
        }
        self.drain_records(host);
        self.drain_events(host)?;
        self.hosts[host].wake_ms = self.hosts[host].deadline();
        Ok(())
    }

    /// Writes the records of a replica, which are synced a while later.
    pub(super) fn drain_records(&mut self, host: usize) {
        let this = &mut self.hosts[host];
        let before = this.store.written();
        if let Some(replica) = &mut this.replica {
            while let Some(record) = replica.next_record() {
                this.store.append(this.opening, record);
            }
        }
        if this.store.written() != before {
            self.schedule_sync(host);
        }
    }

    pub(super) fn schedule_sync(&mut self, host: usize) {
        let delay_ms = self.dice.one_of(&[0, 0, 1, 10, 200, 2_000]);
        let (opening, written) = (self.hosts[host].opening, self.hosts[host].store.written());
        self.network.enter(self.now_ms + delay_ms, Coming::Synced { host, opening, written });
    }

    pub(super) fn sync(&mut self, host: usize, written: u64) -> Result<(), Violation> {
        let this = &mut self.hosts[host];
        let number = this.store.sync(written);
        self.story.tell(self.now_ms, format_args!("    {} synced {number}", Name(host)));
        let this = &mut self.hosts[host];
        if let Some(replica) = &mut this.replica {
            replica.persisted(number);
        }
        self.drain_events(host)
    }
}
