//! A document by itself, without synchronization.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crdt_core::wire::Writer;
use crdt_core::{Admit, Clock, Delta, Dotted, Limits, Wire};
use crdt_document::{Author, Document};
use wasm_bindgen::prelude::*;

use super::{Stopped, answer, run};
use crate::failure::{OrThrow, Result};
use crate::lattice::Held;
use crate::values::{reading, replica};

/// [`Document`], and the clock of who writes it.
#[wasm_bindgen]
pub struct RawDocument {
    held: Held<Document>,
    clock: Clock,
}

#[wasm_bindgen]
impl RawDocument {
    #[wasm_bindgen(constructor)]
    pub fn new(me: &str) -> Result<Self> {
        Ok(Self { held: Held::new(replica(me)?), clock: Clock::new() })
    }

    pub fn decode(bytes: &[u8], me: &str) -> Result<Self> {
        Ok(Self { held: Held::decode(bytes, replica(me)?)?, clock: Clock::new() })
    }

    pub fn id(&self) -> Option<String> {
        self.held.me.map(|me| me.to_string())
    }

    /// Runs a program; the change.
    pub fn apply(&mut self, program: &[u8], wall: f64, monotonic: f64) -> Result<Vec<u8>> {
        let author = self.author(wall, monotonic)?;
        let state = &mut self.held.state;
        let dots = state.try_transact_dots(author, |tx| run(program, tx)).or_throw()?;
        // The change of many elements takes about as much as the program.
        let mut writer = Writer::in_place_of(Vec::with_capacity(program.len() + 64));
        state.write_restricted(&dots, &mut writer);
        Ok(writer.into_bytes())
    }

    pub fn ask(&self, question: &[u8]) -> Result<Vec<u8>> {
        answer(&self.held.state, question).or_throw()
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
        let author = self.author(wall, monotonic)?;
        let mut answered = Vec::new();
        let tried = self.held.state.try_transact(author, |tx| {
            run(program, tx)?;
            answered = answer(tx.document(), question)?;
            Err::<(), _>(Stopped::Tried)
        });
        match tried {
            Err(Stopped::Tried) | Ok(_) => Ok(answered),
            Err(stopped) => Err(stopped).or_throw(),
        }
    }

    /// Merges a document or a delta; the names that changed, if anything was new.
    pub fn merge(&mut self, bytes: &[u8], wall: f64, monotonic: f64) -> Result<Option<Vec<u8>>> {
        let incoming = Document::decode(bytes).or_throw()?;
        let now = reading(wall, monotonic);
        let limits = Limits::default();
        let me = self.held.me.unwrap_or(crdt_core::ReplicaId::from_u128(0));
        self.held.state.admit(&incoming, me, now.wall_ms, &limits).or_throw()?;
        if let Some(newest) = incoming.newest() {
            self.clock.observe(now, newest, &limits).or_throw()?;
        }
        let mut names = Vec::<String>::new();
        let novel = self.held.state.merge_naming(incoming, &mut |name| names.push(name.into()));
        Ok((!novel.is_bottom()).then(|| names.encode()))
    }

    pub fn digest(&self) -> Vec<u8> {
        self.held.state.digest().encode()
    }

    #[wasm_bindgen(js_name = deltaSince)]
    pub fn delta_since(&self, digest: &[u8]) -> Result<Vec<u8>> {
        self.held.delta_since(digest)
    }

    pub fn encode(&self) -> Vec<u8> {
        self.held.state.encode()
    }

    #[wasm_bindgen(js_name = confirmClock)]
    pub fn confirm_clock(&mut self, wall: f64, monotonic: f64) {
        self.clock.confirm(reading(wall, monotonic));
    }
}

impl RawDocument {
    fn author(&mut self, wall: f64, monotonic: f64) -> Result<Author> {
        let me = self.held.me()?;
        Ok(Author::new(me, self.clock.now(reading(wall, monotonic)).or_throw()?))
    }
}
