//! What has been written down for the host to persist, and how far it has.

use alloc::collections::VecDeque;

use crate::Incarnation;
use crate::known::Known;
use crate::record::{Entry, Record, Storable};

/// What is durable, as far as the host has said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Durable {
    pub(crate) position: u64,
    /// What is included, by the visible state …
    pub(crate) known: Known,
    /// … and with what waits in quarantine.
    pub(crate) held: Known,
    /// Counts the changes of `known` but for the own position.
    pub(crate) version: u64,
}

/// What becomes durable with a record.
#[derive(Clone, Debug)]
struct Step {
    number: u64,
    position: u64,
    known: Known,
    held: Known,
    is_news: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Journal {
    /// Whether there is a store; if not, everything is durable at once.
    pub(crate) is_kept: bool,
    written: u64,
    out: VecDeque<Record>,
    steps: VecDeque<Step>,
    pub(crate) persisted: u64,
    pub(crate) durable: Durable,
}

impl Journal {
    pub(crate) fn new(is_kept: bool) -> Self {
        Self { is_kept, ..Self::default() }
    }

    /// The number of the last record.
    pub(crate) const fn written(&self) -> u64 {
        self.written
    }

    pub(crate) fn next_record(&mut self) -> Option<Record> {
        self.out.pop_front()
    }

    /// Writes a record down, and what is durable with it: `known` and `held` as differences.
    pub(crate) fn write(
        &mut self,
        entry: &Entry,
        position: u64,
        own: Incarnation,
        known: Known,
        held: Known,
    ) {
        self.written += 1;
        let number = self.written;
        let is_news = known.has_other_than(own);
        self.steps.push_back(Step { number, position, known, held, is_news });
        if self.is_kept {
            self.out.push_back(Record { number, bytes: entry.to_stored() });
        }
    }

    /// What is held counts as no more than what is included.
    pub(crate) fn forget_held(&mut self) {
        self.durable.held = self.durable.known.clone();
        for step in &mut self.steps {
            step.held = step.known.clone();
        }
    }

    /// The host has made the records up to `number` durable.
    pub(crate) fn persisted(&mut self, number: u64) {
        while self.steps.front().is_some_and(|step| step.number <= number) {
            let Some(step) = self.steps.pop_front() else { break };
            self.persisted = step.number;
            self.durable.position = step.position;
            self.durable.version += u64::from(step.is_news);
            self.durable.known.merge(&step.known);
            self.durable.held.merge(&step.held);
        }
    }
}
