//! One caller: what it asks, and how long that takes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use super::Shared;
use super::answered::Answered;
use super::draw::{Act, Draw, Key};
use super::figures::Times;
use crate::supervisor::client::{Client, Unanswered};

/// How long a caller waits before it looks again for a region that is away.
const PAUSE: Duration = Duration::from_millis(10);

/// How long a write waits to be durable in another region, in milliseconds.
const DURABLE_WAIT_MS: u64 = 2_000;

/// Asks one region, one thing at a time, until the load is over.
pub(super) struct Worker {
    region: String,
    number: u64,
    draw: Draw,
    shared: Arc<Shared>,
    client: Option<Client>,
    /// How many writes it has begun: each is told from all others by this and the worker's number.
    writes: u64,
    times: Times,
    answered: Answered,
}

impl Worker {
    pub(super) fn new(region: &str, number: u64, seed: u64, shared: Arc<Shared>) -> Self {
        Self {
            region: region.into(),
            number,
            draw: Draw::new(seed.wrapping_add(number << 32)),
            shared,
            client: None,
            writes: 0,
            times: Times::default(),
            answered: Answered::default(),
        }
    }

    pub(super) fn work(mut self) -> (Times, Answered) {
        let take = |left: u64| left.checked_sub(1);
        while !self.shared.is_over.load(Ordering::Relaxed)
            && self.shared.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
        {
            let (act, key) = (self.draw.act(), self.draw.key());
            if self.ask(act, &key).is_err() {
                // It was killed over it, most likely; its next process has another address.
                self.times.unanswered += 1;
                self.client = None;
                thread::sleep(PAUSE);
            }
        }
        (self.times, self.answered)
    }

    fn client(&mut self) -> Client {
        while self.client.is_none() && !self.shared.is_over.load(Ordering::Relaxed) {
            match self.shared.address(&self.region) {
                Some(address) => self.client = Some(Client::new(&self.region, address)),
                None => thread::sleep(PAUSE),
            }
        }
        let nowhere = || Client::new(&self.region, ([127, 0, 0, 1], 0).into());
        self.client.clone().unwrap_or_else(nowhere)
    }

    fn ask(&mut self, act: Act, key: &Key) -> Result<(), Unanswered> {
        let client = self.client();
        if act == Act::Read {
            let begun = Instant::now();
            // A key that nobody has written is not there.
            let (status, told) = client.get(&format!("{}/{}", key.path(), key.name))?;
            match status {
                200 | 404 => self.times.reads.push(begun.elapsed()),
                _ => self.times.refused.push(told.to_string()),
            }
            return Ok(());
        }
        self.writes += 1;
        let (number, name) = (self.number, &key.name);
        let unique = format!("{number}-{}", self.writes);
        let register = format!("{name}-{number}");
        let operation = match act {
            Act::Add => json!({"op": "set.add", "name": name, "values": [unique]}),
            Act::Increment => json!({"op": "counter.increment", "name": name, "by": 1}),
            // Each caller has registers of its own, so that it is known what is to be there.
            _ => json!({"op": "register.set", "name": register, "value": self.writes}),
        };
        let is_local = self.draw.is_heads();
        let durability = if is_local { "local" } else { "1" };
        let body = json!({
            "operations": [operation],
            "durability": durability,
            "wait_ms": DURABLE_WAIT_MS,
        });
        if act == Act::Increment {
            self.answered.begin(key);
        }
        let begun = Instant::now();
        let (status, told) = client.post(&key.path(), &body)?;
        let took = begun.elapsed();
        if status != 200 || told["durable"]["here"] != json!(true) {
            self.times.refused.push(told.to_string());
            return Ok(());
        }
        match act {
            Act::Add => self.answered.added(key, unique),
            Act::Increment => self.answered.incremented(key),
            _ => self.answered.set(key, register, self.writes),
        }
        if is_local {
            self.times.local.push(took);
        } else if told["done"] == json!(true) {
            self.times.durable.push(took);
        } else {
            self.times.late += 1;
        }
        Ok(())
    }
}
