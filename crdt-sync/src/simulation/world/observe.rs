//! What is checked of what a replica tells, and after each step.

use alloc::format;

use crdt_core::AdmitError;
use crdt_core::laws::Model;

use super::{World, violated};
use crate::simulation::ledger::{Written, includes};
use crate::simulation::report::{Law, Violation};
use crate::simulation::step::Name;
use crate::{Durability, Event, Lattice, ReceiveError, Token};

/// How many pairs of a host and a write are looked at after each step.
const LOOKS: usize = 6;

impl<M: Model<State: Lattice>> World<M> {
    pub(super) fn drain_events(&mut self, host: usize) -> Result<(), Violation> {
        while let Some(event) = self.replica(host).and_then(crate::Replica::next_event) {
            self.story.tell(self.now_ms, format_args!("    {} tells {event:?}", Name(host)));
            self.counts.add(name(&event), 1);
            self.hear(host, event)?;
        }
        Ok(())
    }

    fn hear(&mut self, host: usize, event: Event<M::State>) -> Result<(), Violation> {
        match event {
            Event::Durable(token, Durability::Local) => {
                let mut writes = self.ledger.writes.iter_mut();
                if let Some(written) = writes.find(|written| written.token == token) {
                    written.reported = true;
                }
                Ok(())
            }
            Event::Durable(token, _) => self.check_members(host, &token),
            Event::Restored { .. } | Event::Forked { .. } => {
                self.hosts[host].has_told = true;
                if self.is_any_replaced {
                    return Ok(());
                }
                let evidence = format!("{} says {event:?}, but no disk was replaced", Name(host));
                violated(Law::Identity, evidence)
            }
            Event::Renewed { from, .. } => {
                self.hosts[host].has_told = true;
                if !self.is_any_replaced {
                    let evidence = format!("{} took another id without a reason", Name(host));
                    return violated(Law::Identity, evidence);
                }
                self.take_in_renewal(host, from);
                Ok(())
            }
            Event::Diverged { peer } if !self.is_any_replaced => {
                let peer = usize::try_from(peer.0).unwrap_or(usize::MAX);
                let (host, peer) = (Name(host), Name(peer));
                let evidence = format!("{host} and {peer} should have been equal, and were not");
                violated(Law::Convergence, evidence)
            }
            Event::Refused { from, why } => {
                let from = usize::try_from(from.0).unwrap_or(usize::MAX);
                if self.may_be_refused(&why) {
                    return Ok(());
                }
                let (host, from) = (Name(host), Name(from));
                violated(Law::Refusal, format!("{host} refuses a message of {from}: {why}"))
            }
            _ => Ok(()),
        }
    }

    pub(super) const fn may_be_refused(&self, why: &ReceiveError) -> bool {
        match why {
            ReceiveError::Refused(AdmitError::FutureTimestamp { .. }) | ReceiveError::Damaged => {
                true
            }
            ReceiveError::Refused(_) => self.is_any_replaced,
            ReceiveError::Unexpected(_) | ReceiveError::Comparison(_) => {
                self.setup.troubles.datagrams || self.is_any_replaced
            }
            _ => false,
        }
    }

    /// What a replica wrote anew under another id is a write like any other, and what it took back
    /// may be lost.
    fn take_in_renewal(&mut self, host: usize, from: crdt_core::ReplicaId) {
        let this = &self.hosts[host];
        let Some(replica) = &this.replica else { return };
        let (state, id) = (replica.state().clone(), replica.id());
        for written in &mut self.ledger.writes {
            if written.replica == from {
                (written.lost, written.loose) = (true, true);
            }
        }
        self.ledger.writes.push(Written {
            host,
            opening: this.opening,
            replica: id,
            token: replica.token(),
            delta: state,
            reported: false,
            // Part of it may be of those that are lost elsewhere.
            lost: true,
            loose: true,
        });
        self.hosts[host].ids.insert(id);
        self.set_members();
        // Of the openings under the former id there may have been one that no disk tells of.
        for host in 0..self.hosts.len() {
            if !self.ids_beside(host).contains(&from)
                && let Some(replica) = self.replica(host)
            {
                replica.retire(from);
            }
        }
    }

    /// A write is durable at its members: so it is on their disks.
    fn check_members(&self, host: usize, token: &Token) -> Result<(), Violation> {
        let Some(replica) = &self.hosts[host].replica else { return Ok(()) };
        let Some(place) = self.ledger.writes.iter().position(|written| written.token == *token)
        else {
            return Ok(());
        };
        let written = &self.ledger.writes[place];
        if written.lost {
            return Ok(());
        }
        for id in replica.durable_at(token) {
            let mut hosts =
                (0..self.hosts.len()).filter(|host| self.hosts[*host].ids.contains(&id));
            let Some(member) = hosts.next() else { continue };
            let this = &self.hosts[member];
            if this.is_gone || this.is_replaced || self.shared.contains(&id) {
                continue;
            }
            let is_there = match this.store.disk.look::<M::State>() {
                Ok(look) => includes(look.state(), &written.delta) && look.covers(token),
                Err(_) => false,
            };
            if !is_there {
                let (host, member) = (Name(host), Name(member));
                let evidence =
                    format!("write {place} counts as durable at {member} in {host}, and is not");
                return violated(Law::Members, evidence);
            }
        }
        Ok(())
    }

    /// Looks at some of what has to hold all the time.
    pub(super) fn check_some(&mut self) -> Result<(), Violation> {
        for host in 0..self.hosts.len() {
            self.check_position(host)?;
        }
        for _ in 0..LOOKS {
            let (host, place) =
                (self.dice.place(self.hosts.len()), self.dice.place(self.ledger.writes.len()));
            self.check_token(host, place)?;
        }
        Ok(())
    }

    fn check_position(&mut self, host: usize) -> Result<(), Violation> {
        let this = &mut self.hosts[host];
        let Some(replica) = &this.replica else { return Ok(()) };
        let (bytes, most) = (replica.log_bytes(), this.config.log_bytes);
        if bytes > most {
            let evidence = format!("{} keeps a log of {bytes} bytes, not {most}", Name(host));
            return violated(Law::Drain, evidence);
        }
        let (position, incarnation) = (replica.position(), Some(replica.incarnation()));
        if this.position.0 == incarnation && position < this.position.1 {
            let evidence = format!("{} went back from {}", Name(host), this.position.1);
            return violated(Law::Monotony, evidence);
        }
        this.position = (incarnation, position);
        Ok(())
    }

    /// Whoever covers a token shows what was written.
    pub(super) fn check_token(&mut self, host: usize, place: usize) -> Result<(), Violation> {
        let this = &mut self.hosts[host];
        let (Some(replica), Some(written)) = (&this.replica, self.ledger.writes.get(place)) else {
            return Ok(());
        };
        let covers = replica.covers(&written.token);
        let (writer, host) = (Name(written.host), Name(host));
        if covers && !written.lost && !includes(replica.state(), &written.delta) {
            return violated(
                Law::Tokens,
                format!(
                    "{host} covers the token of write {place}, {:?} of {writer}, and does not \
                     show it: {:?}",
                    written.delta,
                    replica.state()
                ),
            );
        }
        if covers {
            this.covered.insert(place);
        } else if this.covered.contains(&place) {
            let evidence = format!("{host} covered the token of write {place}, and does no more");
            return violated(Law::Monotony, evidence);
        }
        Ok(())
    }
}

const fn name<S>(event: &Event<S>) -> &'static str {
    match event {
        Event::Changed { .. } => "event Changed",
        Event::Connected { .. } => "event Connected",
        Event::Covered(_) => "event Covered",
        Event::Durable(..) => "event Durable",
        Event::Lag { .. } => "event Lag",
        Event::Quarantined { .. } => "event Quarantined",
        Event::Refused { .. } => "event Refused",
        Event::ValueRefused { .. } => "event ValueRefused",
        Event::RefusedByPeer { .. } => "event RefusedByPeer",
        Event::Restored { .. } => "event Restored",
        Event::Forked { .. } => "event Forked",
        Event::Renewed { .. } => "event Renewed",
        Event::Diverged { .. } => "event Diverged",
        Event::TooLong { .. } => "event TooLong",
    }
}
