//! What is told at the end.

use std::collections::BTreeMap;
use std::time::Duration;

/// How long operations took, by what they were.
#[derive(Debug, Default)]
pub(super) struct Times {
    pub(super) reads: Vec<Duration>,
    /// Writes that were answered once durable in their region.
    pub(super) local: Vec<Duration>,
    /// Writes that were answered once durable in another region too.
    pub(super) durable: Vec<Duration>,
    /// Writes that were not durable in another region in time; they were in their own.
    pub(super) late: u64,
    /// What was under way when a region was killed.
    pub(super) unanswered: u64,
    /// What was answered otherwise than with success; there is no reason for it.
    pub(super) refused: Vec<String>,
}

impl Times {
    pub(super) fn add(&mut self, other: Self) {
        self.reads.extend(other.reads);
        self.local.extend(other.local);
        self.durable.extend(other.durable);
        self.late += other.late;
        self.unanswered += other.unanswered;
        self.refused.extend(other.refused);
    }
}

#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) times: Times,
    pub(super) took: Duration,
    /// How long after each start the region held what the others did.
    pub(super) caught_up: Vec<Duration>,
    /// How long after the end of the load all held the same.
    pub(super) settled: Duration,
    pub(super) lost: u64,
    /// In kilobytes, of the largest process that each region had.
    memory: BTreeMap<String, u64>,
}

impl Figures {
    /// Notes how much memory a process has had at most.
    pub(super) fn remember(&mut self, region: &str, process: Option<u32>) {
        let Some(peak) = process.and_then(peak_kb) else { return };
        let most = self.memory.entry(region.into()).or_default();
        *most = peak.max(*most);
    }

    pub(super) fn told(&self) -> String {
        let Times { reads, local, durable, late, unanswered, refused } = &self.times;
        let count = reads.len() + local.len() + durable.len();
        let seconds = self.took.as_secs_f64().max(f64::EPSILON);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        let row = |what: &str, times: &[Duration]| {
            let (p50, p99) = (percentile(times, 50), percentile(times, 99));
            format!("  {what:<26} {:>9}  p50 {p50:>9.1?}  p99 {p99:>9.1?}", times.len())
        };
        let memory = self.memory.iter().map(|(region, kb)| format!("{region} {} MB", kb / 1_024));
        let memory: Vec<_> = memory.collect();
        let caught_up: Vec<_> = self.caught_up.iter().map(|took| format!("{took:.1?}")).collect();
        [
            String::new(),
            format!("  {:.0} operations per second", f64::from(count) / seconds),
            row("reads", reads),
            row("writes, durable here", local),
            row("writes, durable elsewhere", durable),
            format!("  not durable elsewhere in time: {late}"),
            format!("  unanswered, as a region was killed over it: {unanswered}"),
            format!("  refused: {}", refused.len()),
            format!("  together again after each kill: {}", or_none(&caught_up.join(", "))),
            format!("  all equal after the end of the load: {:.1?}", self.settled),
            format!("  peak memory: {}", or_none(&memory.join(", "))),
            format!("  answered as durable, and lost: {}", self.lost),
        ]
        .join("\n")
    }
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "not known" } else { text }
}

/// The time within which so many of a hundred were done.
fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    let at = (times.len() * percent).div_ceil(100).saturating_sub(1);
    times.get(at).copied().unwrap_or_default()
}

/// The most memory that a process has had, where the system tells.
fn peak_kb(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::percentile;

    #[test]
    fn a_percentile_is_the_time_within_which_so_many_were_done() {
        let times: Vec<_> = (1..=200).rev().map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 50), Duration::from_millis(100));
        assert_eq!(percentile(&times, 99), Duration::from_millis(198));
        assert_eq!(percentile(&times[..1], 99), Duration::from_millis(200));
        assert_eq!(percentile(&[], 50), Duration::ZERO);
    }
}
