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
use crate::simulation::ledger::{Written, includes};
use crate::simulation::network::Weather;
use crate::simulation::report::{Law, Violation};
use crate::simulation::step::{Name, Step, What};
use crate::simulation::store::{Disk, Store};
use crate::{Durability, Lattice, Opening, Peer, WriteError};

/// The most hosts that there are, copies among them.
const MOST_HOSTS: usize = 7;

/// The size that operations are generated under.
const OPERATION_SIZE: usize = 8;

impl<M: Model<State: Lattice>> World<M> {
    pub(super) fn take(&mut self, step: &Step) -> Result<(), Violation> {
        self.dice = Dice::new(step.seed, 4);
        match step.what {
            What::Write { host, times } => self.write(host, times)?,
            What::Pass { ms } => self.pass(self.now_ms + ms)?,
            What::Cut { from, to } => {
                self.network.cut.insert((from, to));
            }
            What::Mend { from, to } => {
                self.network.cut.remove(&(from, to));
            }
            What::Weather { loss, repeat, delay_ms } => {
                self.network.weather = Weather { loss, repeat, delay_ms };
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
            What::Leave { host } => self.leave(host)?,
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
        let opened = this.store.disk.open::<M::State>(&opening, this.config.clone());
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
        if let Some(replica) = self.replica(host) {
            replica.connect(Peer(other as u64), now);
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
        self.drain_records(host);
        self.stop(host);
        self.hosts[host].store.crash(&mut self.dice);
        self.account_for_crash(host)
    }

    fn close(&mut self, host: usize) -> Result<(), Violation> {
        let Some(replica) = self.replica(host) else { return Ok(()) };
        replica.close();
        self.drain_records(host);
        if self.dice.percent(25) {
            // Its last words were not synced.
            return self.crash(host);
        }
        let written = self.hosts[host].store.written();
        self.sync(host, written)?;
        self.stop(host);
        self.account_for_crash(host)
    }

    fn snapshot(&mut self, host: usize) -> Result<(), Violation> {
        self.drain_records(host);
        let this = &mut self.hosts[host];
        if let Some(replica) = &this.replica {
            this.store.replace(this.opening, replica.snapshot());
            self.schedule_sync(host);
        }
        self.pump(host)
    }

    fn restore(&mut self, host: usize) -> Result<(), Violation> {
        let Some(backup) = self.hosts[host].backup.clone() else { return Ok(()) };
        if self.hosts[host].is_gone {
            return Ok(());
        }
        self.crash(host)?;
        let this = &mut self.hosts[host];
        this.store = Store::of(backup);
        (this.is_replaced, this.has_told) = (true, false);
        self.is_any_replaced = true;
        self.account_for_replacement(host)
    }

    fn copy(&mut self, host: usize, clean: bool) -> Result<(), Violation> {
        if self.hosts.len() >= MOST_HOSTS || self.hosts[host].is_gone {
            return Ok(());
        }
        if clean && self.hosts[host].is_up() {
            self.close(host)?;
        }
        let (config, disk) = (self.hosts[host].config.clone(), self.hosts[host].store.disk.clone());
        let place = self.hosts.len();
        let mut copy = Host::new(config, disk);
        copy.is_replaced = true;
        self.hosts.push(copy);
        self.is_any_replaced = true;
        let partners: Vec<usize> = (0..place).filter(|_| self.dice.percent(60)).collect();
        for other in partners.into_iter().chain([self.dice.place(place)]) {
            self.linked.insert(pair(place, other));
            self.met.insert(pair(place, other));
        }
        self.start(host)?;
        self.start(place)
    }

    fn jump(&mut self, host: usize, ms: i64, confirmed: bool) -> Result<(), Violation> {
        self.hosts[host].offset_ms += ms;
        let now = self.hosts[host].reading(self.now_ms);
        if let Some(replica) = self.replica(host).filter(|_| confirmed) {
            replica.confirm_clock(now);
        }
        self.pump(host)
    }

    fn leave(&mut self, host: usize) -> Result<(), Violation> {
        if self.present().count() <= 2 || self.hosts[host].is_gone {
            return Ok(());
        }
        self.crash(host)?;
        let this = &mut self.hosts[host];
        (this.is_gone, this.store) = (true, Store::of(Disk::default()));
        self.linked.retain(|(one, other)| *one != host && *other != host);
        self.account_for_replacement(host)
    }

    /// After a crash: what was reported durable has to be there.
    fn account_for_crash(&mut self, host: usize) -> Result<(), Violation> {
        let this = &self.hosts[host];
        let looked = match this.store.disk.look::<M::State>() {
            Ok(looked) => looked,
            Err(error) => {
                return violated(Law::Store, format!("the disk of {}: {error}", Name(host)));
            }
        };
        for (place, written) in self.ledger.writes.iter_mut().enumerate() {
            if written.host != host || written.opening != this.opening {
                continue;
            }
            let is_there = includes(looked.state(), &written.delta);
            let is_covered = looked.covers(&written.token);
            if written.reported && !written.lost && !(is_there && is_covered) {
                return violated(
                    Law::Durability,
                    format!("write {place} of {} was durable, and is lost", Name(host)),
                );
            }
            written.lost |= !is_there;
            written.loose |= !is_covered;
        }
        Ok(())
    }

    /// After a disk was replaced or is gone: what nobody else holds may be lost.
    fn account_for_replacement(&mut self, host: usize) -> Result<(), Violation> {
        let mut looks = Vec::new();
        for place in self.present() {
            match self.hosts[place].store.disk.look::<M::State>() {
                Ok(look) => looks.push((place, look)),
                Err(error) => {
                    return violated(Law::Store, format!("the disk of {}: {error}", Name(place)));
                }
            }
        }
        let own = looks.iter().find(|(place, _)| *place == host).map(|(_, look)| look);
        // One without anything cannot know what it lacks.
        if let Some(own) = own.filter(|_| !self.hosts[host].store.disk.is_empty()) {
            let of_host = self.ledger.writes.iter().filter(|written| written.host == host);
            let tokens = of_host.map(|written| written.token);
            self.hosts[host].missing = tokens.filter(|token| !own.covers(token)).collect();
        }
        for written in &mut self.ledger.writes {
            let writer = &self.hosts[written.host];
            if written.host != host && writer.is_up() && writer.opening == written.opening {
                continue;
            }
            let is_there = looks.iter().any(|(_, look)| includes(look.state(), &written.delta));
            let is_covered = looks.iter().any(|(_, look)| look.covers(&written.token));
            written.lost |= !is_there;
            written.loose |= !is_covered;
        }
        Ok(())
    }
}
