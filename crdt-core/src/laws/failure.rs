//! What is reported when a law is broken.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Debug, Write as _};

use super::Law;

/// A broken law, the states that show it, and the shortest schedule found that leads to them.
///
/// Its `Display` is the report. It depends on the model, the seed and the number of steps alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Failure {
    pub(super) violation: Violation,
    pub(super) schedule: Vec<String>,
    pub(super) seed: u64,
    pub(super) case: usize,
    pub(super) cases: usize,
    pub(super) found_in: usize,
    pub(super) shrinks: usize,
}

impl Failure {
    /// The law that is broken.
    pub const fn law(&self) -> Law {
        self.violation.law
    }

    /// The schedule that breaks it, a line a step.
    pub fn schedule(&self) -> &[String] {
        &self.schedule
    }

    /// The seed of the case: with it, the first case fails.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Which case it was that failed, from 1.
    pub const fn case(&self) -> usize {
        self.case
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "broken law {:?}: {}", self.law(), self.law())?;
        writeln!(f, "\n{}", self.violation.evidence())?;
        writeln!(
            f,
            "schedule (case {} of {}, {} steps when found, {} simpler ones tried):",
            self.case, self.cases, self.found_in, self.shrinks
        )?;
        f.write_str(&numbered(&self.schedule))?;
        write!(f, "\nrepeat it with\n  CRDT_SEED={} CRDT_CASES=1", self.seed)
    }
}

/// The report, as by `Display`: what `unwrap` prints is for a person to read.
impl Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('\n')?;
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for Failure {}

/// A schedule as a numbered list.
pub(super) fn numbered(story: &[String]) -> String {
    if story.is_empty() {
        return "  nothing needs to happen\n".into();
    }
    let mut text = String::new();
    for (place, line) in story.iter().enumerate() {
        let _ = writeln!(text, "  {}. {line}", place + 1);
    }
    text
}

/// A law found broken, before the schedule is added.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Violation {
    pub(super) law: Law,
    /// Names and values of what shows it.
    evidence: Vec<(String, String)>,
    /// The story that leads there, when it is not that of the schedule.
    pub(super) story: Option<Vec<String>>,
}

impl Violation {
    pub(super) const fn of(law: Law) -> Self {
        Self { law, evidence: Vec::new(), story: None }
    }

    /// With one more state or value that shows it.
    pub(super) fn with(self, name: impl fmt::Display, value: &impl Debug) -> Self {
        self.with_text(name, format!("{value:?}"))
    }

    pub(super) fn with_text(mut self, name: impl fmt::Display, text: String) -> Self {
        self.evidence.push((name.to_string(), text));
        self
    }

    /// The names in a column, the values beside them.
    pub(super) fn evidence(&self) -> String {
        let width = self.evidence.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
        let mut text = String::new();
        for (name, value) in &self.evidence {
            let padding = width - name.chars().count();
            let _ = writeln!(text, "  {name}{:padding$} = {value}", "");
        }
        text
    }
}
