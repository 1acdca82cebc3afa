//! Tokens, durability, lag.

use alloc::vec::Vec;

use crdt_core::{Reading, ReplicaId};

use super::{Acquaintance, Replica};
use crate::fault::Fault;
use crate::{Durability, Event, Lag, Lattice, Level, Token};

impl<S: Lattice> Replica<S> {
    /// The token of everything that this replica includes now: of its last write, and of all that
    /// was read here.
    pub fn token(&self) -> Token {
        let incarnation = self.holding.incarnation;
        Token { incarnation, position: self.holding.position() }
    }

    /// Whether the state shows everything that the replica showed which gave this token: if so, who
    /// holds the token reads here what they wrote there.
    pub fn covers(&self, token: &Token) -> bool {
        self.holding.known.position(token.incarnation) >= token.position
    }

    /// The replica that gave a token, if it has been met as the opening that gave it, or as a later one.
    pub fn giver(&self, token: &Token) -> Option<ReplicaId> {
        let Token { incarnation, .. } = *token;
        let is_giver = |met: &Acquaintance| {
            met.incarnation == incarnation
                || self.lineage.line_of(met.incarnation).any(|before| before == incarnation)
        };
        self.met.iter().find(|(_, met)| is_giver(met)).map(|(replica, _)| *replica)
    }

    /// How many changes of the log of who gave a token are not included here, up to the token; `None` if
    /// nothing is known of that opening. Those that came by another way are counted, too, until the log
    /// itself tells of them.
    pub fn missing(&self, token: &Token) -> Option<u64> {
        let Token { incarnation, position } = *token;
        let known = &self.holding.known;
        let is_known = known.get(incarnation).is_some()
            || self.lineage.get(incarnation).is_some()
            || self.met.values().any(|met| met.incarnation == incarnation);
        is_known.then(|| position.saturating_sub(known.reaches(incarnation, &self.lineage)))
    }

    /// Has [`Event::Covered`] told once the token is covered. Bound the wait: see [`Token`].
    pub fn await_token(&mut self, token: Token) {
        self.tokens.insert(token);
        self.after_change();
    }

    /// Gives up waiting for a token.
    pub fn forget_token(&mut self, token: &Token) {
        self.tokens.remove(token);
        self.writes.retain(|(awaited, _)| awaited != token);
    }

    /// Whether a write is durable where it has to be.
    pub fn is_durable(&self, token: &Token, durability: Durability) -> bool {
        let is_here = self.holding.durable().known.position(token.incarnation) >= token.position;
        let there = self.durable_at(token).filter(|replica| self.members.contains(replica));
        is_here
            && match durability {
                Durability::Local => true,
                Durability::Members(least) => there.count() >= least,
                Durability::All => there.count() == self.members.len(),
            }
    }

    /// The replicas that have said that they hold a write durably.
    pub fn durable_at(&self, token: &Token) -> impl Iterator<Item = ReplicaId> {
        let Token { incarnation, position } = *token;
        let has = move |met: &Acquaintance| met.known.position(incarnation) >= position;
        self.met.iter().filter(move |(_, met)| has(met)).map(|(replica, _)| *replica)
    }

    /// Has [`Event::Durable`] told once a write is as durable as it has to be.
    pub fn await_durable(&mut self, token: Token, durability: Durability) {
        self.writes.insert((token, durability));
        self.after_change();
    }

    /// Sets the members that [`Durability`] counts. A member that begins anew under another id,
    /// after an unclean end, stays one.
    pub fn set_members(&mut self, members: impl IntoIterator<Item = ReplicaId>) {
        let own = self.holding.id;
        self.members = members.into_iter().filter(|member| *member != own).collect();
        self.after_change();
    }

    /// The members that [`Durability`] counts.
    pub fn members(&self) -> impl Iterator<Item = ReplicaId> {
        self.members.iter().copied()
    }

    /// Says that a replica will not come back: nothing is kept for it, its lag is no reason to
    /// worry, and no write waits for it. It loses nothing if it comes back all the same.
    ///
    /// Its entry in causal contexts and counters stays, some 20 bytes encoded, as its writes may
    /// still be on their way somewhere: only when every replica is known to hold all of them could
    /// it go.
    pub fn retire(&mut self, replica: ReplicaId) {
        self.members.remove(&replica);
        self.retired.insert(replica);
        self.drain_log();
        self.after_change();
    }

    /// How far behind a replica is that this one has met, by the id that
    /// [`replica_of`](Replica::replica_of) and [`Event::Connected`] tell; `None` for others, for
    /// retired ones, and for an id that its replica has given up.
    ///
    /// Cost: O(changes that it lacks).
    pub fn lag(&self, replica: ReplicaId, now: Reading) -> Option<Lag> {
        if self.retired.contains(&replica) {
            return None;
        }
        let met = self.met.get(&replica)?;
        let (log, end) = (&self.holding.log, self.holding.durable().position);
        let acked = self.acked_by(met);
        let age_ms = self.lag_since(met).map_or(0, |at| now.monotonic_ms.saturating_sub(at));
        let missing = log.since(acked).filter(|(_, entry)| {
            entry.origin.is_none_or(|(from, to)| met.known.position(from) < to)
        });
        Some(Lag {
            positions: end.saturating_sub(acked),
            bytes: missing.map(|(_, entry)| entry.bytes as u64).sum(),
            age_ms,
            is_beyond_log: acked < log.start(),
            level: self.level(age_ms),
        })
    }

    /// Since when the oldest change is there that a replica lacks.
    fn lag_since(&self, met: &Acquaintance) -> Option<u64> {
        let acked = self.acked_by(met);
        let is_behind = acked < self.holding.durable().position;
        self.holding.log.oldest_since(acked).filter(|_| is_behind)
    }

    const fn level(&self, age_ms: u64) -> Level {
        if age_ms > self.config.lag_critical_ms {
            Level::Critical
        } else if age_ms > self.config.lag_warn_ms {
            Level::Warn
        } else {
            Level::Fine
        }
    }

    /// How much of the local log a replica durably includes.
    fn acked_by(&self, met: &Acquaintance) -> u64 {
        met.known.reaches(self.holding.incarnation, &self.holding.known)
    }

    /// Tells of lags that have reached another level.
    pub(super) fn watch_lag(&mut self, now: Reading) {
        let replicas: Vec<ReplicaId> = self.met.keys().copied().collect();
        for replica in replicas {
            let Some(since) = self.met.get(&replica).map(|met| self.lag_since(met)) else {
                continue;
            };
            let age_ms = since.map_or(0, |at| now.monotonic_ms.saturating_sub(at));
            let level =
                if self.retired.contains(&replica) { Level::Fine } else { self.level(age_ms) };
            if let Some(met) = self.met.get_mut(&replica)
                && met.level != level
            {
                met.level = level;
                self.events.push_back(Event::Lag { replica, level });
            }
        }
    }

    /// When a lag reaches the next level, on the monotonic clock.
    pub(super) fn lag_deadline(&self) -> Option<u64> {
        let lagging = self.met.iter().filter(|(replica, _)| !self.retired.contains(replica));
        let next = lagging.filter_map(|(_, met)| {
            let limit = match met.level {
                Level::Fine => self.config.lag_warn_ms,
                Level::Warn => self.config.lag_critical_ms,
                Level::Critical => return None,
            };
            Some(self.lag_since(met)?.saturating_add(limit).saturating_add(1))
        });
        next.min()
    }

    /// Drops of the log what every replica has that this one has met, or waits for.
    pub(super) fn drain_log(&mut self) {
        if self.members.iter().any(|member| !self.met.contains_key(member)) {
            return;
        }
        let is_awaited = |replica| {
            !self.retired.contains(replica) || self.config.makes(Fault::WaitForTheRetired)
        };
        let awaited = self.met.iter().filter(|(replica, _)| is_awaited(replica));
        let least = awaited.map(|(_, met)| self.acked_by(met)).min();
        if !self.met.is_empty() {
            let end = self.holding.durable().position;
            self.holding.log.drop_below(least.map_or(end, |least| least.min(end)));
        }
    }

    /// Tells of what somebody has waited for.
    pub(super) fn after_change(&mut self) {
        let covered: Vec<Token> =
            self.tokens.iter().copied().filter(|token| self.covers(token)).collect();
        for token in covered {
            self.tokens.remove(&token);
            self.events.push_back(Event::Covered(token));
        }
        let is_done = |(token, durability): &(Token, _)| self.is_durable(token, *durability);
        let done: Vec<_> = self.writes.iter().copied().filter(is_done).collect();
        for (token, durability) in done {
            self.writes.remove(&(token, durability));
            self.events.push_back(Event::Durable(token, durability));
        }
    }
}
