//! What becomes of disks, and what is lost with them.

use alloc::format;
use alloc::vec::Vec;

use crdt_core::laws::Model;

use super::{World, pair, violated};
use crate::Lattice;
use crate::simulation::host::Host;
use crate::simulation::ledger::includes;
use crate::simulation::report::{Law, Violation};
use crate::simulation::step::{MOST_HOSTS, Name};
use crate::simulation::store::{Disk, Store};

impl<M: Model<State: Lattice>> World<M> {
    pub(super) fn restore(&mut self, host: usize) -> Result<(), Violation> {
        let Some(backup) = self.hosts[host].backup.clone() else { return Ok(()) };
        if self.hosts[host].is_gone {
            return Ok(());
        }
        self.counts.add("a backup is restored", 1);
        self.crash(host)?;
        let this = &mut self.hosts[host];
        this.store = Store::of(backup);
        (this.is_replaced, this.has_told) = (true, false);
        self.is_any_replaced = true;
        self.account_for_replacement(host)
    }

    pub(super) fn copy(&mut self, host: usize, clean: bool) -> Result<(), Violation> {
        if self.hosts.len() >= MOST_HOSTS || self.hosts[host].is_gone {
            return Ok(());
        }
        if clean && self.hosts[host].is_up() {
            self.close(host)?;
        }
        let (config, disk) = (self.hosts[host].config.clone(), self.hosts[host].store.disk.clone());
        self.counts.add("a disk is copied", 1);
        let mut copy = Host::new(config, disk);
        copy.is_replaced = true;
        self.is_any_replaced = true;
        let place = self.add(copy);
        self.start(host)?;
        self.start(place)
    }

    pub(super) fn join(&mut self) -> Result<(), Violation> {
        if self.hosts.len() >= MOST_HOSTS {
            return Ok(());
        }
        self.counts.add("somebody comes", 1);
        let config = self.hosts[0].config.clone();
        let place = self.add(Host::new(config, Disk::default()));
        self.start(place)
    }

    /// Adds a host, linked to one of the others at least.
    fn add(&mut self, host: Host<M::State>) -> usize {
        let place = self.hosts.len();
        self.hosts.push(host);
        let others: Vec<usize> = self.present().filter(|other| *other != place).collect();
        let at_least = self.dice.one_of(&others);
        for other in others {
            if self.dice.percent(60) || other == at_least {
                self.linked.insert(pair(place, other));
                self.met.insert(pair(place, other));
            }
        }
        place
    }

    pub(super) fn leave(&mut self, host: usize) -> Result<(), Violation> {
        if self.present().count() <= 2 || self.hosts[host].is_gone {
            return Ok(());
        }
        self.counts.add("somebody leaves for good", 1);
        self.crash(host)?;
        let this = &mut self.hosts[host];
        (this.is_gone, this.store) = (true, Store::of(Disk::default()));
        self.linked.retain(|(one, other)| *one != host && *other != host);
        self.account_for_replacement(host)
    }

    /// After a crash: what was reported durable has to be there.
    pub(super) fn account_for_crash(&mut self, host: usize) -> Result<(), Violation> {
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
