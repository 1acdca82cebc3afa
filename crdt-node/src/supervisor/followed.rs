//! One write, and when each region showed it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crdt_sync::Token;

use super::Failure;
use super::client::Client;
use super::fleet::Fleet;
use crate::operations::Step;

/// A write whose token is followed: every region is asked at once, and answers as soon as it covers it.
pub(super) struct Followed {
    pub(super) line: usize,
    pub(super) text: String,
    pub(super) token: Token,
    written: Instant,
    /// The processes of regions that were asked.
    asked: BTreeSet<(String, u64)>,
    covered: BTreeMap<String, Duration>,
    answers: Receiver<(String, Instant)>,
    sender: Sender<(String, Instant)>,
}

impl Followed {
    /// Follows a write that was just answered with this token.
    pub(super) fn new(step: &Step, region: &str, token: Token) -> Self {
        let (sender, answers) = mpsc::channel();
        Self {
            line: step.line,
            text: step.text.clone(),
            token,
            written: Instant::now(),
            asked: BTreeSet::new(),
            covered: BTreeMap::from([(region.into(), Duration::ZERO)]),
            answers,
            sender,
        }
    }

    /// Asks the regions that run and were not asked yet; returns whether there is one left that has
    /// not covered it.
    pub(super) fn look(&mut self, fleet: &Fleet<'_>) -> Result<bool, Failure> {
        for (region, at) in self.answers.try_iter() {
            self.covered.entry(region).or_insert(at - self.written);
        }
        let mut is_awaited = false;
        for region in fleet.running() {
            if self.covered.contains_key(&region) {
                continue;
            }
            is_awaited = true;
            let Some(client) = fleet.client(&region) else { continue };
            if self.asked.insert((region.clone(), fleet.starts(&region))) {
                let (token, sender) = (self.token, self.sender.clone());
                let asking = thread::Builder::new().name(format!("follow in {region}"));
                let asking = asking.spawn(move || wait(&client, region, token, &sender));
                asking.map_err(|error| Failure::new(format!("cannot follow a write: {error}")))?;
            }
        }
        Ok(is_awaited)
    }

    /// How long after the write a region covered it, if it has.
    pub(super) fn covered(&self, region: &str) -> Option<Duration> {
        self.covered.get(region).copied()
    }
}

/// Asks until the region covers the token, or its process has ended.
fn wait(client: &Client, region: String, token: Token, covered: &Sender<(String, Instant)>) {
    while let Ok(is_covered) = client.covers(token) {
        if is_covered {
            let _over_already = covered.send((region, Instant::now()));
            return;
        }
    }
}
