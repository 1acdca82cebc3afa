//! The exports of a replica.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crdt_core::ReplicaId;
use crdt_core::wire::{Budget, Wire};
use crdt_document::{Author, Document};
use crdt_sync::{Durability, Opening, Peer, Replica, Token, TryWriteError};
use wasm_bindgen::prelude::*;

use super::config::RawConfig;
use super::event::{name_of, texts};
use crate::document::{Stopped, answer, run};
use crate::failure::{OrThrow, Result};
use crate::values::{millis, reading, replica};

/// [`Replica`] of a [`Document`].
#[wasm_bindgen]
pub struct RawReplica {
    replica: Replica<Document>,
}

#[wasm_bindgen]
impl RawReplica {
    /// Opens a store: its snapshot, empty if there is none, and the records since, as a list of byte strings.
    /// `seed` is 128 fresh random bits. `id` may be empty.
    #[wasm_bindgen(constructor)]
    pub fn new(
        snapshot: &[u8],
        records: &[u8],
        seed: u128,
        id: &str,
        wall: f64,
        monotonic: f64,
        config: RawConfig,
    ) -> Result<Self> {
        let opening = Opening::new(seed, reading(wall, monotonic));
        let opening = replica(id)?.into_iter().fold(opening, Opening::with_id);
        let records = Vec::<Vec<u8>>::decode_within(records, &Budget::unbounded()).or_throw()?;
        if snapshot.is_empty() && records.is_empty() {
            return Ok(Self { replica: Replica::new(&opening, config.0) });
        }
        let snapshot = Some(snapshot).filter(|bytes| !bytes.is_empty());
        let records = records.iter().map(Vec::as_slice);
        let replica = Replica::open(snapshot, records, &opening, config.0).or_throw()?;
        Ok(Self { replica })
    }

    pub fn id(&self) -> String {
        self.replica.id().to_string()
    }

    /// Runs a program in one transaction; the token of the write.
    pub fn apply(&mut self, program: &[u8], wall: f64, monotonic: f64) -> Result<String> {
        let write = |document: &mut Document, me, stamp| {
            document.try_transact(Author::new(me, stamp), |tx| run(program, tx))
        };
        let token = self.replica.try_write(reading(wall, monotonic), write).or_throw()?;
        Ok(token.to_string())
    }

    pub fn ask(&self, question: &[u8]) -> Result<Vec<u8>> {
        answer(self.replica.state(), question).or_throw()
    }

    /// Answers as if the program had been run.
    #[wasm_bindgen(js_name = askAfter)]
    pub fn ask_after(
        &mut self,
        program: &[u8],
        question: &[u8],
        wall: f64,
        monotonic: f64,
    ) -> Result<Vec<u8>> {
        let mut answered = Vec::new();
        let write = |document: &mut Document, me, stamp| {
            document.try_transact(Author::new(me, stamp), |tx| {
                run(program, tx)?;
                answered = answer(tx.document(), question)?;
                Err(Stopped::Tried)
            })
        };
        match self.replica.try_write(reading(wall, monotonic), write) {
            Err(TryWriteError::Change(Stopped::Tried)) | Ok(_) => Ok(answered),
            Err(error) => Err(error).or_throw(),
        }
    }

    pub fn connect(&mut self, peer: u32, wall: f64, monotonic: f64) {
        self.replica.connect(link(peer), reading(wall, monotonic));
    }

    pub fn disconnect(&mut self, peer: u32) {
        self.replica.disconnect(link(peer));
    }

    pub fn receive(&mut self, peer: u32, bytes: &[u8], wall: f64, monotonic: f64) -> Result<()> {
        self.replica.receive(link(peer), bytes, reading(wall, monotonic)).or_throw()
    }

    /// The next message for a peer.
    pub fn outgoing(&mut self, peer: u32, wall: f64, monotonic: f64) -> Option<Vec<u8>> {
        let message = self.replica.next_message_to(link(peer), reading(wall, monotonic));
        message.map(|message| message.bytes)
    }

    /// The next record to persist: its number, as an integer of eight bytes, and its bytes.
    #[wasm_bindgen(js_name = nextRecord)]
    pub fn next_record(&mut self) -> Option<Vec<u8>> {
        self.replica.next_record().map(|record| numbered(record.number, &record.bytes))
    }

    /// As a record, one that stands for all up to its number.
    pub fn snapshot(&self) -> Vec<u8> {
        let snapshot = self.replica.snapshot();
        numbered(snapshot.number, &snapshot.bytes)
    }

    pub fn persisted(&mut self, number: f64) {
        self.replica.persisted(millis(number));
    }

    #[wasm_bindgen(js_name = mergeSnapshot)]
    pub fn merge_snapshot(&mut self, snapshot: &[u8], wall: f64, monotonic: f64) -> Result<()> {
        self.replica.merge_snapshot(snapshot, reading(wall, monotonic)).or_throw()
    }

    pub fn close(&mut self) {
        self.replica.close();
    }

    /// The next event, as a list of texts.
    #[wasm_bindgen(js_name = nextEvent)]
    pub fn next_event(&mut self) -> Option<Vec<u8>> {
        self.replica.next_event().map(|event| texts(event).encode())
    }

    /// When to look for messages again, by the monotonic clock.
    pub fn deadline(&self) -> Option<f64> {
        #[allow(clippy::cast_precision_loss, reason = "milliseconds stay below 2^53")]
        self.replica.next_deadline().map(|deadline| deadline as f64)
    }

    pub fn token(&self) -> String {
        self.replica.token().to_string()
    }

    pub fn covers(&self, token: &str) -> Result<bool> {
        Ok(self.replica.covers(&parsed(token)?))
    }

    #[wasm_bindgen(js_name = awaitToken)]
    pub fn await_token(&mut self, token: &str) -> Result<()> {
        self.replica.await_token(parsed(token)?);
        Ok(())
    }

    #[wasm_bindgen(js_name = forgetToken)]
    pub fn forget_token(&mut self, token: &str) -> Result<()> {
        self.replica.forget_token(&parsed(token)?);
        Ok(())
    }

    /// Whether so many members hold it; all of them where `members` is negative.
    #[wasm_bindgen(js_name = isDurable)]
    pub fn is_durable(&self, token: &str, members: i32) -> Result<bool> {
        Ok(self.replica.is_durable(&parsed(token)?, durability(members)))
    }

    #[wasm_bindgen(js_name = awaitDurable)]
    pub fn await_durable(&mut self, token: &str, members: i32) -> Result<()> {
        self.replica.await_durable(parsed(token)?, durability(members));
        Ok(())
    }

    #[wasm_bindgen(js_name = setMembers)]
    pub fn set_members(&mut self, ids: Vec<String>) -> Result<()> {
        let ids = ids.into_iter().map(|id| id.parse::<ReplicaId>().or_throw());
        let ids = ids.collect::<Result<Vec<_>>>()?;
        self.replica.set_members(ids);
        Ok(())
    }

    pub fn retire(&mut self, id: &str) -> Result<()> {
        self.replica.retire(id.parse().or_throw()?);
        Ok(())
    }

    /// Who is at the other end.
    #[wasm_bindgen(js_name = replicaOf)]
    pub fn replica_of(&self, peer: u32) -> Option<String> {
        self.replica.replica_of(link(peer)).map(|id| id.to_string())
    }

    /// Positions, bytes, age in milliseconds, whether beyond the log, level; as texts.
    pub fn lag(&self, peer: u32, wall: f64, monotonic: f64) -> Option<Vec<u8>> {
        let id = self.replica.replica_of(link(peer))?;
        let lag = self.replica.lag(id, reading(wall, monotonic))?;
        let texts: Vec<String> = Vec::from([
            lag.positions.to_string(),
            lag.bytes.to_string(),
            lag.age_ms.to_string(),
            lag.is_beyond_log.to_string(),
            name_of(lag.level).into(),
        ]);
        Some(texts.encode())
    }

    /// How many changes wait in quarantine.
    pub fn quarantined(&self) -> usize {
        self.replica.quarantined().0
    }

    #[wasm_bindgen(js_name = discardQuarantine)]
    pub fn discard_quarantine(&mut self, wall: f64, monotonic: f64) -> usize {
        self.replica.discard_quarantine(reading(wall, monotonic))
    }

    #[wasm_bindgen(js_name = confirmClock)]
    pub fn confirm_clock(&mut self, wall: f64, monotonic: f64) {
        self.replica.confirm_clock(reading(wall, monotonic));
    }

    /// The document's canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        self.replica.state().encode()
    }
}

fn link(peer: u32) -> Peer {
    Peer(peer.into())
}

fn parsed(token: &str) -> Result<Token> {
    token.parse().or_throw()
}

fn durability(members: i32) -> Durability {
    match usize::try_from(members) {
        Ok(0) => Durability::Local,
        Ok(count) => Durability::Members(count),
        Err(_) => Durability::All,
    }
}

/// A number and bytes, as one byte string.
fn numbered(number: u64, bytes: &[u8]) -> Vec<u8> {
    [&number.to_le_bytes(), bytes].concat()
}
