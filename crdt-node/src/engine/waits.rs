//! Who waits for a token or for durability, and until when.

use std::collections::{BTreeMap, BTreeSet};

use crdt_core::Reading;
use crdt_document::Author;
use crdt_sync::{Durability, Event, Token, TryWriteError};
use tokio::sync::oneshot;

use super::Settings;
use super::documents::{Documents, Held};
use super::elsewhere::not_yet;
use super::input::{Durable, ReadRequest, Refusal, Settled, Shown, View, WriteRequest};
use super::links::Links;
use crate::store::Address;

struct Wait {
    address: Address,
    token: Token,
    until_ms: u64,
    asks: Asks,
}

enum Asks {
    Read(View),
    Write { durable: Durable, answer: oneshot::Sender<Result<Settled, Refusal>> },
}

/// Those who wait, by a number that each gets.
#[derive(Default)]
pub(super) struct Waits {
    next: u64,
    by_number: BTreeMap<u64, Wait>,
    until: BTreeSet<(u64, u64)>,
    /// Who waits for what happens to a document.
    by_address: BTreeSet<(Address, u64)>,
}

impl Waits {
    /// Shows a document, at once or when the token is covered. One that is not there yet may be on its
    /// way.
    pub(super) fn read(&mut self, request: ReadRequest, held: Option<&mut Held>) {
        let ReadRequest { address, after, until_ms, view } = request;
        match (held, after) {
            (None, None) => view(Err(Refusal::NoDocument)),
            (held, Some(token))
                if held.as_ref().is_none_or(|held| !held.replica.covers(&token)) =>
            {
                if let Some(held) = held {
                    held.replica.await_token(token);
                }
                self.insert(Wait { address, token, until_ms, asks: Asks::Read(view) });
            }
            (Some(held), _) => view(Ok(shown(held))),
            (None, Some(_)) => {}
        }
    }

    /// A document has been made that somebody may have waited for.
    pub(super) fn made(&self, address: &Address, held: &mut Held) {
        for wait in self.waits_of(address) {
            held.replica.await_token(wait.token);
        }
    }

    /// Writes a document; the answer comes when it is durable. Tells whether it was written.
    pub(super) fn write(
        &mut self,
        request: WriteRequest,
        held: &mut Held,
        settings: &Settings,
        now: Reading,
    ) -> bool {
        let WriteRequest { address, at, change, durable, until_ms, answer } = request;
        let written = held.replica.try_write(now, |document, me, stamp| {
            document.transact(Author::new(me, at.unwrap_or(stamp)), change)
        });
        let token = match written {
            Ok(token) => token,
            Err(why) => {
                let refusal = match why {
                    TryWriteError::Write(why) => Refusal::Replica(why),
                    TryWriteError::Change(why) => Refusal::Write(why),
                    _ => Refusal::Stopped,
                };
                let _gone = answer.send(Err(refusal));
                return false;
            }
        };
        held.replica.await_durable(token, durability(durable, &address.scope, settings));
        self.insert(Wait { address, token, until_ms, asks: Asks::Write { durable, answer } });
        true
    }

    fn insert(&mut self, wait: Wait) {
        let number = self.next;
        self.next += 1;
        self.until.insert((wait.until_ms, number));
        self.by_address.insert((wait.address.clone(), number));
        self.by_number.insert(number, wait);
    }

    /// Something has happened to a document that somebody may have waited for.
    pub(super) fn learn<S>(
        &mut self,
        address: &Address,
        held: &Held,
        event: &Event<S>,
        settings: &Settings,
        links: &Links,
    ) {
        if !matches!(event, Event::Covered(_) | Event::Durable(..)) {
            return;
        }
        let from = (address.clone(), 0)..=(address.clone(), u64::MAX);
        let numbers: Vec<u64> = self.by_address.range(from).map(|(_, number)| *number).collect();
        for number in numbers {
            let is_over = self.by_number.get(&number).is_some_and(|wait| match &wait.asks {
                Asks::Read(_) => held.replica.covers(&wait.token),
                Asks::Write { durable, .. } => held
                    .replica
                    .is_durable(&wait.token, durability(*durable, &wait.address.scope, settings)),
            });
            if is_over && let Some(wait) = self.remove(number) {
                answer(wait, Some(held), settings, links, Reading::system());
            }
        }
    }

    /// When the patience of the next one is at its end.
    pub(super) fn deadline(&self) -> Option<u64> {
        self.until.first().map(|(until_ms, _)| *until_ms)
    }

    /// Answers those whose patience is at its end.
    pub(super) fn give_up(
        &mut self,
        documents: &mut Documents,
        settings: &Settings,
        links: &Links,
        now: Reading,
    ) {
        while let Some((until_ms, number)) = self.until.first().copied()
            && until_ms <= now.monotonic_ms
        {
            let Some(wait) = self.remove(number) else { break };
            let held = documents.get_mut(&wait.address);
            let (address, token) = (wait.address.clone(), wait.token);
            answer(wait, held.as_deref(), settings, links, now);
            let is_awaited = self.waits_of(&address).any(|other| other.token == token);
            if let (Some(held), false) = (documents.get_mut(&address), is_awaited) {
                held.replica.forget_token(&token);
            }
        }
    }

    /// Answers all, as the node ends: writes with where they are durable by now, unless the store has failed
    /// and nobody knows.
    pub(super) fn end(
        &mut self,
        documents: &mut Documents,
        settings: &Settings,
        links: &Links,
        has_failed: bool,
    ) {
        for wait in std::mem::take(self).by_number.into_values() {
            match wait.asks {
                Asks::Read(view) => view(Err(Refusal::Stopped)),
                Asks::Write { answer, .. } if has_failed => {
                    let _gone = answer.send(Err(Refusal::Failed));
                }
                Asks::Write { .. } => {
                    let held = documents.get_mut(&wait.address);
                    answer(wait, held.as_deref(), settings, links, Reading::system());
                }
            }
        }
    }

    fn waits_of(&self, address: &Address) -> impl Iterator<Item = &Wait> {
        let from = (address.clone(), 0)..=(address.clone(), u64::MAX);
        self.by_address.range(from).filter_map(|(_, number)| self.by_number.get(number))
    }

    fn remove(&mut self, number: u64) -> Option<Wait> {
        let wait = self.by_number.remove(&number)?;
        self.until.remove(&(wait.until_ms, number));
        self.by_address.remove(&(wait.address.clone(), number));
        Some(wait)
    }
}

/// What the protocol is asked for. A region counts once it has said which replica is its own; so "all"
/// is as many as there are.
fn durability(durable: Durable, scope: &str, settings: &Settings) -> Durability {
    match durable {
        Durable::Local => Durability::Local,
        Durable::One => Durability::Members(1),
        Durable::All => Durability::Members(settings.members_of(scope).count()),
    }
}

fn shown(held: &Held) -> Shown<'_> {
    let replica = &held.replica;
    Shown { document: replica.state(), token: replica.token(), replica: replica.id() }
}

fn answer(wait: Wait, held: Option<&Held>, settings: &Settings, links: &Links, now: Reading) {
    let not_yet =
        || not_yet(held, &wait.token, settings.members_of(&wait.address.scope), links, now);
    let Some(held) = held else {
        if let Asks::Read(view) = wait.asks {
            view(Err(not_yet()));
        }
        return;
    };
    match wait.asks {
        Asks::Read(view) if held.replica.covers(&wait.token) => view(Ok(shown(held))),
        Asks::Read(view) => view(Err(not_yet())),
        Asks::Write { durable, answer } => {
            let there: Vec<_> = held.replica.durable_at(&wait.token).collect();
            let scope = &wait.address.scope;
            let members = settings.members_of(scope).cloned();
            let (durable_there, missing) = members.partition(|region| {
                held.regions.get(region).is_some_and(|replica| there.contains(replica))
            });
            let is_durable = |durability| {
                !settings.is_in_memory && held.replica.is_durable(&wait.token, durability)
            };
            let _gone = answer.send(Ok(Settled {
                token: wait.token,
                is_durable_here: is_durable(Durability::Local),
                durable: durable_there,
                missing,
                is_done: is_durable(durability(durable, scope, settings)),
            }));
        }
    }
}
