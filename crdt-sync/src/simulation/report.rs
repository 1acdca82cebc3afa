//! What a run was like, and what is told when it went wrong.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::hash::Hasher;

use siphasher::sip::SipHasher13;

use super::step::Name;

/// What was sent over each link, by direction.
#[derive(Clone, Debug, Default)]
pub(super) struct Traffic {
    pub(super) links: BTreeMap<(usize, usize), Load>,
    pub(super) total: Load,
    pub(super) last_at_ms: u64,
    hasher: SipHasher13,
}

/// Messages and their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// How many messages.
    pub messages: u64,
    /// How long they were together.
    pub bytes: u64,
}

impl Traffic {
    pub(super) fn count(&mut self, from: usize, to: usize, bytes: &[u8], now_ms: u64) {
        for load in [self.links.entry((from, to)).or_default(), &mut self.total] {
            load.messages += 1;
            load.bytes += bytes.len() as u64;
        }
        self.last_at_ms = now_ms;
        for word in [from as u64, to as u64, now_ms] {
            self.hasher.write_u64(word);
        }
        self.hasher.write(bytes);
    }

    pub(super) fn fingerprint(&self) -> u64 {
        self.hasher.finish()
    }
}

/// How often what happened, by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts(pub(super) BTreeMap<&'static str, u64>);

impl Counts {
    pub(super) fn add(&mut self, what: &'static str, times: u64) {
        if times > 0 {
            *self.0.entry(what).or_default() += times;
        }
    }
}

/// What a run was like in which everything held.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// How many hosts there were, copies of disks among them.
    pub hosts: usize,
    /// How many writes were made.
    pub writes: usize,
    /// How many of them were lost, with a crash before they were durable or with a restored disk.
    pub lost: usize,
    /// How long it took in simulated time, in milliseconds …
    pub took_ms: u64,
    /// … and how long of that, from when everything worked again until the last message.
    pub healed_ms: u64,
    /// What was sent over each link, by sender and receiver.
    pub links: BTreeMap<(usize, usize), Load>,
    /// What was sent over all links.
    pub total: Load,
    /// What was sent after everything worked again.
    pub healing: Load,
    /// How often each kind of trouble befell somebody, each kind of message was sent, and each kind
    /// of event told, by its name.
    pub happened: BTreeMap<&'static str, u64>,
    /// A hash of all messages and their times: the same for the same run.
    pub fingerprint: u64,
}

/// What does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Law {
    /// When everything works again, all states come to be equal.
    Convergence,
    /// No write is lost that was durable, unless its disk was replaced.
    Durability,
    /// A state is the merge of writes that were made.
    Provenance,
    /// A state shows the effects of every write whose token it covers.
    Tokens,
    /// The token of every write that survives is covered everywhere in the end.
    Coverage,
    /// What was covered, or included, stays so.
    Monotony,
    /// A write that is durable at its members is on their disks.
    Members,
    /// When there is nothing to say, nobody says anything.
    Silence,
    /// Logs are empty when everybody has everything, and never longer than they may be.
    Drain,
    /// Nothing waits in quarantine when clocks are right.
    Quarantine,
    /// A store that was replaced by an older copy is found out, and no other is taken for one.
    Identity,
    /// What was synced to a disk can be opened, and is what the replica was.
    Store,
    /// Nothing is refused that a replica of this protocol says.
    Refusal,
    /// It does not panic.
    NoPanic,
}

/// What does not hold, and what shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Violation {
    pub(super) law: Law,
    pub(super) evidence: String,
}

/// A run in which something did not hold, made as short as possible. Its `Display` is the report.
#[derive(Clone, PartialEq, Eq)]
pub struct Failure {
    pub(super) violation: Violation,
    pub(super) seed: u64,
    pub(super) world: String,
    pub(super) schedule: Vec<String>,
    pub(super) story: Vec<String>,
    pub(super) found_in: usize,
    pub(super) shrinks: usize,
}

impl Failure {
    /// What does not hold.
    pub const fn law(&self) -> Law {
        self.violation.law
    }

    /// The seed of the run.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// What happened, a line a step.
    pub fn schedule(&self) -> &[String] {
        &self.schedule
    }

    /// What was said and told in that run, a line each, healing included.
    pub fn story(&self) -> &[String] {
        &self.story
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:?} does not hold: {}", self.violation.law, self.violation.evidence)?;
        writeln!(f, "\nseed {}: {}", self.seed, self.world)?;
        writeln!(
            f,
            "\nschedule ({} steps when found, {} shorter ones tried), and then everything heals:",
            self.found_in, self.shrinks
        )?;
        for (place, line) in self.schedule.iter().enumerate() {
            writeln!(f, "  {}. {line}", place + 1)?;
        }
        Ok(())
    }
}

/// The report, as by `Display`: what `unwrap` prints is for a person to read.
impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl core::error::Error for Failure {}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} hosts, {} writes ({} lost), {} messages of {} bytes in {} ms",
            self.hosts, self.writes, self.lost, self.total.messages, self.total.bytes, self.took_ms
        )?;
        for ((from, to), load) in &self.links {
            let (from, to) = (Name(*from), Name(*to));
            writeln!(f, "  {from} to {to}: {} messages, {} bytes", load.messages, load.bytes)?;
        }
        Ok(())
    }
}
