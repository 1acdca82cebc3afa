//! What each step does.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

use crdt_core::laws::quickcheck::{Arbitrary, Gen};
use crdt_core::laws::{Author, Model};
use crdt_core::{ClockError, Delta, ReplicaId};

use super::{World, pair, violated};
use crate::simulation::dice::Dice;
use crate::simulation::host::Host;
use crate::simulation::ledger::Written;
use crate::simulation::network::Weather;
use crate::simulation::report::{Law, Violation};
use crate::simulation::step::{Name, Step, What};
use crate::{Durability, Lattice, MINOR, Opening, Peer, WriteError};

/// The size that operations are generated under.
const OPERATION_SIZE: usize = 8;

impl<M: Model<State: Lattice>> World<M> {
    pub(super) fn take(&mut self, step: &Step) -> Result<(), Violation> {
        self.dice = Dice::new(step.seed, 4);
        if step.what.last_host() >= self.hosts.len() {
            // Who would come has not come.
            return Ok(());
        }
        match step.what {
            What::Write { host, times } => self.write(host, times)?,
            What::Pass { ms } => self.pass(self.now_ms + ms)?,
            What::Cut { from, to } => {
                self.network.cut.insert((from, to));
            }
            What::Mend { from, to } => {
                self.network.cut.remove(&(from, to));
            }
            What::Weather { loss, repeat, damage, delay_ms } => {
                self.network.weather = Weather { loss, repeat, damage, delay_ms };
            }
            What::Link { one, other, one_sided } => self.link(one, other, one_sided)?,
            What::Unlink { one, other, one_sided } => self.unlink(one, other, one_sided),
            What::Crash { host } => self.crash(host)?,
            What::Close { host } => self.close(host)?,
            What::Start { host } => self.start(host)?,
            What::Snapshot { host } => self.snapshot(host)?,
            What::Backup { host } => {
                let disk = self.hosts[host].store.disk.clone();
                self.hosts[host].backup = Some(disk);
            }
            What::Restore { host } => self.restore(host)?,
            What::Copy { host, clean } => self.copy(host, clean)?,
            What::Jump { host, ms, confirmed } => self.jump(host, ms, confirmed)?,
            What::Join => self.join()?,
            What::Leave { host } => self.leave(host)?,
            What::Retire { host, other } => self.retire(host, other),
            What::Discard { host } => self.discard(host)?,
            What::Upgrade { host } => self.upgrade(host)?,
        }
        Ok(())
    }

    fn write(&mut self, host: usize, times: u64) -> Result<(), Violation> {
        let mut generator = Gen::from_size_and_seed(OPERATION_SIZE, self.dice.bits());
        for _ in 0..times {
            let (now, opening) = (self.hosts[host].reading(self.now_ms), self.hosts[host].opening);
            let confirms = self.dice.percent(40);
            let waits = self.dice.percent(30).then(|| self.dice.below(4));
            let operation = M::Operation::arbitrary(&mut generator);
            let Some(replica) = self.replica(host) else { return Ok(()) };
            let (mut delta, mut author) = (M::State::default(), None);
            let written = replica.write_stamped(now, |state, me, timestamp| {
                author = Some(me);
                delta = M::apply(state, &Author { replica: me, timestamp }, &operation);
                delta.clone()
            });
            match (written, author) {
                (Ok(token), Some(writer)) if !delta.is_bottom() => {
                    replica.await_durable(token, Durability::Local);
                    if let Some(members) = waits {
                        let durability = match usize::try_from(members) {
                            Ok(members @ 1..) => Durability::Members(members),
                            _ => Durability::All,
                        };
                        replica.await_durable(token, durability);
                    }
                    let elsewhere = self.dice.place(self.hosts.len());
                    if let Some(reader) = self.replica(elsewhere) {
                        reader.await_token(token);
                    }
                    self.ledger.writes.push(Written {
                        host,
                        opening,
                        replica: writer,
                        token,
                        delta,
                        reported: false,
                        lost: self.shared.contains(&writer),
                        loose: self.shared.contains(&writer),
                    });
                }
                (Err(WriteError::Clock(ClockError::JumpedAhead { .. })), _) if confirms => {
                    replica.confirm_clock(now);
                }
                _ => {}
            }
            if self.dice.percent(70) {
                self.pump(host)?;
            }
        }
        self.pump(host)
    }

    pub(super) fn start(&mut self, host: usize) -> Result<(), Violation> {
        if self.hosts[host].is_gone || self.hosts[host].is_up() {
            return Ok(());
        }
        let now_ms = self.now_ms;
        let known: BTreeSet<ReplicaId> =
            self.hosts.iter().flat_map(|host| host.ids.iter().copied()).collect();
        let this = &mut self.hosts[host];
        let mut dice = Dice::new(self.setup.seed, 1_000 * (1 + host as u64) + this.opening);
        this.started(now_ms);
        let opening = Opening::new(dice.wide_bits(), this.reading(now_ms));
        let opened = this.store.disk.open::<M::State>(&opening, &this.config);
        let replica = match opened {
            Ok(replica) => replica,
            Err(error) => {
                return violated(Law::Store, format!("{} cannot start: {error}", Name(host)));
            }
        };
        let id = replica.id();
        let was_closed = this.store.disk.is_closed();
        this.replica = Some(replica);
        if !was_closed && known.contains(&id) {
            let evidence = format!("{} goes on under its id after a crash", Name(host));
            return violated(Law::Identity, evidence);
        }
        if this.is_replaced && known.contains(&id) {
            self.share(id);
        }
        self.hosts[host].ids.insert(id);
        for other in self.present() {
            let is_linked = other != host && self.linked.contains(&pair(host, other));
            if is_linked && self.hosts[other].is_up() {
                let unaware = self.hosts[other].links.contains(&host) && dice.percent(30);
                self.network.connect(host, other);
                self.connect(host, other);
                if !unaware {
                    self.connect(other, host);
                    self.pump(other)?;
                }
            }
        }
        self.set_members();
        self.pump(host)
    }

    /// An id may be in use twice: what was written under it may be lost.
    fn share(&mut self, id: ReplicaId) {
        self.shared.insert(id);
        for written in self.ledger.writes.iter_mut().filter(|written| written.replica == id) {
            (written.lost, written.loose) = (true, true);
        }
    }

    /// Tells every host who the members are: of those that it is to be linked to, all but copies.
    pub(super) fn set_members(&mut self) {
        let count = self.setup.configs.len();
        let ids: Vec<Option<ReplicaId>> = self
            .hosts
            .iter()
            .map(|host| host.replica.as_ref().filter(|_| !host.is_gone).map(crate::Replica::id))
            .collect();
        for host in 0..self.hosts.len() {
            let others = (0..count).filter(|other| self.linked.contains(&pair(host, *other)));
            let members: Vec<ReplicaId> = others.filter_map(|other| ids[other]).collect();
            if let Some(replica) = self.replica(host) {
                replica.set_members(members);
            }
        }
    }

    /// One end of a connection.
    pub(super) fn connect(&mut self, host: usize, other: usize) {
        let now = self.hosts[host].reading(self.now_ms);
        let is_listening = self.setup.is_broadcast;
        if let Some(replica) = self.replica(host) {
            replica.connect(Peer(other as u64), now);
            replica.set_listening(Peer(other as u64), is_listening);
            self.hosts[host].links.insert(other);
        }
    }

    fn disconnect(&mut self, host: usize, other: usize) {
        if let Some(replica) = self.replica(host) {
            replica.disconnect(Peer(other as u64));
            self.hosts[host].links.remove(&other);
        }
    }

    fn link(&mut self, one: usize, other: usize, one_sided: bool) -> Result<(), Violation> {
        if self.hosts[one].is_gone || self.hosts[other].is_gone {
            return Ok(());
        }
        let pair = pair(one, other);
        self.linked.insert(pair);
        self.met.insert(pair);
        if self.hosts[one].is_up() && self.hosts[other].is_up() {
            self.network.connect(one, other);
            self.connect(one, other);
            if !one_sided || !self.hosts[other].links.contains(&one) {
                self.connect(other, one);
                self.pump(other)?;
            }
            self.pump(one)?;
        }
        Ok(())
    }

    fn unlink(&mut self, one: usize, other: usize, one_sided: bool) {
        self.linked.remove(&pair(one, other));
        self.disconnect(one, other);
        if !one_sided {
            self.disconnect(other, one);
        }
    }

    /// The process is gone; its peers may notice.
    fn stop(&mut self, host: usize) {
        self.hosts[host].stopped();
        for other in self.present() {
            if other != host && self.dice.percent(60) {
                self.disconnect(other, host);
            }
        }
    }

    pub(super) fn crash(&mut self, host: usize) -> Result<(), Violation> {
        if !self.hosts[host].is_up() {
            return Ok(());
        }
        self.counts.add("a crash", 1);
        self.drain_records(host);
        self.stop(host);
        let is_cut_short = self.hosts[host].store.crash(&mut self.dice);
        self.counts.add("a record is cut short", u64::from(is_cut_short));
        self.account_for_crash(host)
    }

    pub(super) fn close(&mut self, host: usize) -> Result<(), Violation> {
        let Some(replica) = self.replica(host) else { return Ok(()) };
        replica.close();
        self.drain_records(host);
        if self.dice.percent(25) {
            // Its last words were not synced.
            return self.crash(host);
        }
        self.counts.add("a clean end", 1);
        let written = self.hosts[host].store.written();
        self.sync(host, written)?;
        self.stop(host);
        self.account_for_crash(host)
    }

    fn snapshot(&mut self, host: usize) -> Result<(), Violation> {
        self.drain_records(host);
        let this = &mut self.hosts[host];
        if let Some(replica) = &this.replica {
            self.counts.add("a snapshot", 1);
            this.store.replace(this.opening, replica.snapshot());
            self.schedule_sync(host);
        }
        self.pump(host)
    }

    fn jump(&mut self, host: usize, ms: i64, confirmed: bool) -> Result<(), Violation> {
        self.counts.add("a clock jumps", 1);
        self.hosts[host].offset_ms += ms;
        self.most_ahead_ms = self.most_ahead_ms.max(self.hosts[host].offset_ms.unsigned_abs());
        let now = self.hosts[host].reading(self.now_ms);
        if let Some(replica) = self.replica(host).filter(|_| confirmed) {
            replica.confirm_clock(now);
        }
        self.pump(host)
    }

    fn retire(&mut self, host: usize, other: usize) {
        let id = self.hosts[other].replica.as_ref().map(crate::Replica::id);
        if let (Some(replica), Some(id)) = (self.replica(host), id) {
            replica.retire(id);
            self.counts.add("a retirement", 1);
        }
    }

    fn discard(&mut self, host: usize) -> Result<(), Violation> {
        let waits = |host: &Host<M::State>| {
            host.replica.as_ref().is_some_and(|replica| replica.quarantined().0 > 0)
        };
        let somewhere = self.hosts.iter().position(waits).unwrap_or(host);
        let host = if waits(&self.hosts[host]) { host } else { somewhere };
        let now = self.hosts[host].reading(self.now_ms);
        let dropped = self.replica(host).map_or(0, |replica| replica.discard_quarantine(now));
        self.counts.add("a quarantine is emptied", u64::from(dropped > 0));
        self.pump(host)
    }

    fn upgrade(&mut self, host: usize) -> Result<(), Violation> {
        if self.hosts[host].is_gone || self.hosts[host].config.minor == MINOR {
            return Ok(());
        }
        self.counts.add("an upgrade", 1);
        self.close(host)?;
        self.hosts[host].config.minor = MINOR;
        self.start(host)
    }
}
