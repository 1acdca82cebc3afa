//! One write, and when each region showed it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crdt_sync::Token;

use super::Failure;
use super::fleet::Fleet;
use crate::operations::Step;

/// A write whose token is followed. The regions measure, so that it does not matter how often they
/// are asked.
pub(super) struct Followed {
    pub(super) line: usize,
    pub(super) text: String,
    pub(super) token: Token,
    written: Instant,
    /// When each process of a region was first asked, after the write.
    asked: BTreeMap<(String, u64), Duration>,
    covered: BTreeMap<String, Duration>,
}

impl Followed {
    /// Follows a write that was just answered with this token.
    pub(super) fn new(step: &Step, region: &str, token: Token) -> Self {
        Self {
            line: step.line,
            text: step.text.clone(),
            token,
            written: Instant::now(),
            asked: BTreeMap::new(),
            covered: BTreeMap::from([(region.into(), Duration::ZERO)]),
        }
    }

    /// Asks the regions that run and have not covered it yet; returns whether there is one left.
    pub(super) fn look(&mut self, fleet: &mut Fleet<'_>) -> Result<bool, Failure> {
        let mut is_awaited = false;
        for region in fleet.running() {
            if self.covered.contains_key(&region) {
                continue;
            }
            let now = self.written.elapsed();
            let took = fleet.follow(&region, self.token)?;
            let process = (region.clone(), fleet.starts(&region));
            let asked = *self.asked.entry(process).or_insert(now);
            match took {
                Some(took) => drop(self.covered.insert(region, asked + took)),
                None => is_awaited = true,
            }
        }
        Ok(is_awaited)
    }

    /// How long after the write a region covered it, if it has.
    pub(super) fn covered(&self, region: &str) -> Option<Duration> {
        self.covered.get(region).copied()
    }
}
