//! What has to hold in the end.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

use crdt_core::ReplicaId;
use crdt_core::laws::Model;

use super::{World, pair, violated};
use crate::simulation::dice::Dice;
use crate::simulation::host::Host;
use crate::simulation::ledger::includes;
use crate::simulation::network::Weather;
use crate::simulation::report::{Law, Load, Report, Violation};
use crate::simulation::step::Name;
use crate::{Lattice, MINOR, Peer};

/// For how long everything works again before it has to be silent.
const PATIENCE_MS: u64 = 3 * 3_600_000;

/// How long it takes at most until nobody says anything any more: some of the longest pauses between
/// attempts, and that before equality is asked about.
const HEALED_MS: u64 = 120_000;

/// How many messages there may be on each link while everything heals.
const MOST_MESSAGES: u64 = 600;

impl<M: Model<State: Lattice>> World<M> {
    /// Everything works again, and time passes until nothing happens any more; then all that has to
    /// hold is checked.
    pub(super) fn heal(mut self) -> Result<Report, Violation> {
        self.story.tell(self.now_ms, format_args!("* everything works again"));
        self.mend()?;
        let healed_at_ms = self.now_ms;
        let before = self.network.traffic.total;
        self.come_to_rest(before)?;
        self.check_identities()?;
        let healing = since(before, self.network.traffic.total);
        let healed_ms = self.network.traffic.last_at_ms.saturating_sub(healed_at_ms);
        self.check_time(healed_ms)?;
        let mut dice = Dice::new(self.setup.seed, 6);
        if dice.percent(25) {
            self.meet_again()?;
        }
        if dice.percent(25) {
            self.begin_again()?;
        }
        let traffic = &self.network.traffic;
        let mut happened = self.counts.0;
        happened.extend(&self.network.counts.0);
        Ok(Report {
            hosts: self.hosts.len(),
            writes: self.ledger.writes.len(),
            lost: self.ledger.writes.iter().filter(|written| written.lost).count(),
            took_ms: self.now_ms,
            healed_ms,
            links: traffic.links.clone(),
            total: traffic.total,
            healing,
            happened,
            fingerprint: traffic.fingerprint(),
        })
    }

    /// Lets time pass until nothing happens any more, and checks what has to hold then.
    pub(super) fn come_to_rest(&mut self, before: Load) -> Result<(), Violation> {
        let patience_ms = self.now_ms + PATIENCE_MS;
        while let Some(at_ms) = self.next_at().filter(|at_ms| *at_ms <= patience_ms) {
            self.pass(at_ms)?;
            self.check_messages(before)?;
        }
        self.check_silence(before)?;
        self.check_states()?;
        self.check_disks()?;
        self.check_writes()?;
        self.check_logs()
    }

    fn mend(&mut self) -> Result<(), Violation> {
        self.dice = Dice::new(self.setup.seed, 5);
        self.network.cut.clear();
        self.network.weather = Weather::FINE;
        for host in &mut self.hosts {
            host.offset_ms = 0;
        }
        // Nobody goes on under the ids of who is gone; nor, as far as a copy of old tells, under
        // those that a disk had which was replaced.
        let is_forgotten = |host: &&Host<M::State>| host.is_gone || host.is_replaced;
        let former = self.hosts.iter().filter(is_forgotten).flat_map(|host| host.ids.clone());
        let former: Vec<ReplicaId> = former.collect();
        let present: BTreeSet<usize> = self.present().collect();
        // Whoever has met somebody keeps changes for them; and none may be on an island.
        let met = self.met.iter().copied();
        let chain = present.iter().copied().zip(present.iter().copied().skip(1));
        let wanted: BTreeSet<(usize, usize)> = met
            .chain(chain)
            .filter(|(one, other)| present.contains(one) && present.contains(other))
            .collect();
        self.linked.clone_from(&wanted);
        for host in present {
            self.start(host)?;
        }
        for host in self.present() {
            let here = self.ids_beside(host);
            for id in former.iter().filter(|id| !here.contains(id)) {
                if let Some(replica) = self.replica(host) {
                    replica.retire(*id);
                }
            }
        }
        self.set_members();
        for (one, other) in wanted {
            let is_whole =
                self.hosts[one].links.contains(&other) && self.hosts[other].links.contains(&one);
            if !is_whole {
                debug_assert_eq!(pair(one, other), (one, other));
                self.network.connect(one, other);
                self.connect(one, other);
                self.connect(other, one);
            }
            self.pump(one)?;
            self.pump(other)?;
        }
        for host in self.present() {
            let links: Vec<usize> = self.hosts[host].links.iter().copied().collect();
            for other in links {
                if self.hosts[other].is_gone
                    && let Some(replica) = self.replica(host)
                {
                    replica.disconnect(Peer(other as u64));
                }
            }
            self.pump(host)?;
        }
        Ok(())
    }

    /// The ids of a host and of those that it is to be linked to.
    pub(super) fn ids_beside(&self, host: usize) -> BTreeSet<ReplicaId> {
        let is_beside = |other: &usize| *other == host || self.linked.contains(&pair(host, *other));
        let beside = (0..self.hosts.len()).filter(is_beside);
        beside.filter_map(|other| Some(self.hosts[other].replica.as_ref()?.id())).collect()
    }

    fn check_silence(&self, before: Load) -> Result<(), Violation> {
        let healing = since(before, self.network.traffic.total);
        if self.next_at().is_some() || !self.network.is_empty() {
            let since_ms = self.now_ms.saturating_sub(self.network.traffic.last_at_ms);
            let messages = healing.messages;
            return violated(
                Law::Silence,
                format!(
                    "{} hours after everything worked again there is still something to come; \
                     {messages} messages, the last {since_ms} ms ago",
                    PATIENCE_MS / 3_600_000
                ),
            );
        }
        Ok(())
    }

    /// Silence comes soon: once the clocks have passed what was written while they were ahead.
    fn check_time(&self, healed_ms: u64) -> Result<(), Violation> {
        let most_ms = HEALED_MS + self.most_ahead_ms;
        if healed_ms > most_ms {
            let evidence = format!("healing takes {healed_ms} ms, and {most_ms} are the most");
            return violated(Law::Silence, evidence);
        }
        Ok(())
    }

    fn check_messages(&self, before: Load) -> Result<(), Violation> {
        let healing = since(before, self.network.traffic.total);
        // What is too far ahead even for quarantine is offered until it is not.
        let times = if self.setup.troubles.clocks { 10 } else { 1 };
        let most = times * MOST_MESSAGES * (self.linked.len() as u64 + 1);
        if healing.messages > most {
            let evidence = format!("healing takes more than {most} messages");
            return violated(Law::Silence, evidence);
        }
        Ok(())
    }

    fn check_states(&self) -> Result<(), Violation> {
        let mut running = self
            .hosts
            .iter()
            .enumerate()
            .filter_map(|(place, host)| Some((place, host.replica.as_ref()?)));
        let Some((first, replica)) = running.next() else { return Ok(()) };
        for (place, other) in running {
            if other.state() != replica.state() && !self.is_content_in_doubt() {
                return violated(
                    Law::Convergence,
                    format!(
                        "{} and {} differ in the end:\n  {:?}\n  {:?}",
                        Name(first),
                        Name(place),
                        replica.state(),
                        other.state()
                    ),
                );
            }
        }
        if let Some(explained) =
            self.ledger.contradicts(replica.state()).filter(|_| !self.is_content_in_doubt())
        {
            return violated(
                Law::Provenance,
                format!(
                    "the state is not the merge of the writes in it:\n  {:?}\n  {explained:?}",
                    replica.state()
                ),
            );
        }
        Ok(())
    }

    /// Whether two writes may bear one name, and somebody speaks the version that compares names
    /// alone: then which of the two contents stays is not agreed upon.
    fn is_content_in_doubt(&self) -> bool {
        !self.shared.is_empty() && self.hosts.iter().any(|host| host.config.minor < MINOR)
    }

    /// What is on the disks is what the replicas are.
    fn check_disks(&self) -> Result<(), Violation> {
        for (place, host) in self.hosts.iter().enumerate() {
            let Some(replica) = host.replica.as_ref().filter(|_| host.config.durable) else {
                continue;
            };
            let look = match host.store.disk.look::<M::State>() {
                Ok(look) => look,
                Err(error) => {
                    return violated(Law::Store, format!("the disk of {}: {error}", Name(place)));
                }
            };
            let uncovered =
                self.ledger.writes.iter().position(|written| {
                    replica.covers(&written.token) != look.covers(&written.token)
                });
            if look.state() != replica.state() || uncovered.is_some() {
                return violated(
                    Law::Store,
                    format!(
                        "{} and its disk differ (write {uncovered:?}):\n  {:?}\n  {:?}",
                        Name(place),
                        replica.state(),
                        look.state()
                    ),
                );
            }
        }
        Ok(())
    }

    fn check_writes(&mut self) -> Result<(), Violation> {
        for host in 0..self.hosts.len() {
            for place in 0..self.ledger.writes.len() {
                self.check_token(host, place)?;
                let written = &self.ledger.writes[place];
                let Some(replica) = &self.hosts[host].replica else { continue };
                if !written.lost && !includes(replica.state(), &written.delta) {
                    return violated(
                        Law::Durability,
                        format!(
                            "write {place} of {} is lost, {:?}",
                            Name(written.host),
                            written.delta
                        ),
                    );
                }
                if !written.loose && !replica.covers(&written.token) {
                    return violated(
                        Law::Coverage,
                        format!(
                            "{} does not cover the token {} of write {place} of {}",
                            Name(host),
                            written.token,
                            Name(written.host)
                        ),
                    );
                }
            }
        }
        Ok(())
    }

    fn check_logs(&self) -> Result<(), Violation> {
        for (place, host) in self.hosts.iter().enumerate() {
            let Some(replica) = &host.replica else { continue };
            if replica.log_bytes() > 0 {
                return violated(
                    Law::Drain,
                    format!(
                        "{} keeps a log of {} bytes; its members and what they lack: {:?}",
                        Name(place),
                        replica.log_bytes(),
                        replica
                            .members()
                            .map(|id| (id, replica.lag(id, host.reading(self.now_ms))))
                            .collect::<Vec<_>>()
                    ),
                );
            }
            if replica.quarantined() != (0, 0) {
                let evidence = format!("{} keeps {:?}", Name(place), replica.quarantined());
                return violated(Law::Quarantine, evidence);
            }
        }
        Ok(())
    }

    /// Whose disk was replaced knows it, if there is anybody to know it from.
    fn check_identities(&self) -> Result<(), Violation> {
        for (place, host) in self.hosts.iter().enumerate() {
            let Some(replica) = &host.replica else { continue };
            let survives = self.ledger.writes.iter().any(|written| {
                host.missing.contains(&written.token) && replica.covers(&written.token)
            });
            if survives && !host.has_told {
                let evidence = format!("{} was restored, and does not notice", Name(place));
                return violated(Law::Identity, evidence);
            }
        }
        Ok(())
    }
}

pub(super) const fn since(before: Load, after: Load) -> Load {
    Load { messages: after.messages - before.messages, bytes: after.bytes - before.bytes }
}
