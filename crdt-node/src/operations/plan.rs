//! A whole file, read.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use super::{LineError, Operation, PlanError, Reading, check, parse};

/// A file longer than this is none that a person wrote.
const MAX_BYTES: u64 = 4 << 20;

/// What a run does: its regions, and what happens step by step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The names of the regions, in the order of the file.
    pub regions: Vec<String>,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// One line that does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its number, from 1.
    pub line: usize,
    /// As the file says it.
    pub text: String,
    /// As it was read.
    pub statement: Statement,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// `regions A B …`
    Regions(Vec<String>),
    /// `REGION: OPERATION`
    Apply {
        /// Where it is written.
        region: String,
        /// What is written.
        operation: Operation,
    },
    /// `expect …`, of all running regions or of one.
    Expect {
        /// The one.
        region: Option<String>,
        /// What is expected.
        reading: Reading,
    },
    /// `sync`
    Sync,
    /// `cut A B`
    Cut(String, String),
    /// `heal`, or `heal A B`
    Heal(Option<(String, String)>),
    /// `kill REGION`
    Kill(String),
    /// `stop REGION`
    Stop(String),
    /// `start REGION`
    Start(String),
    /// `pause SECONDS`
    Pause(Duration),
}

impl Plan {
    /// The regions of a file that names none.
    pub const DEFAULT_REGIONS: [&str; 3] = ["eu-west", "us-east", "ap-northeast"];

    /// The file that runs when the user gives none.
    pub const DEFAULT: &str = include_str!("../../operations/default.ops");

    /// Reads the file at `path`.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, is too long or is not UTF-8, and when lines of it are wrong.
    pub fn read(path: &Path) -> Result<Self, PlanError> {
        let unreadable = |problem: String| {
            PlanError::Unreadable(format!("cannot read {}: {problem}", path.display()))
        };
        let mut bytes = Vec::new();
        let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
        let read = file.take(MAX_BYTES + 1).read_to_end(&mut bytes);
        if read.map_err(|error| unreadable(error.to_string()))? as u64 > MAX_BYTES {
            return Err(unreadable(format!("it is longer than {MAX_BYTES} bytes")));
        }
        let text = String::from_utf8(bytes).map_err(|error| {
            let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
            let line = valid.split(|byte| *byte == b'\n').count();
            unreadable(format!("line {line} is not UTF-8 text"))
        })?;
        Self::parse(&text)
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// Every line that is wrong. Only when all can be read are they looked at together, for a
    /// region that is not named, say, or one that is written to while it is killed. And a file in
    /// which nothing happens.
    pub fn parse(text: &str) -> Result<Self, PlanError> {
        // Some editors put it in front, where nobody sees it.
        let text = text.trim_start_matches('\u{feff}');
        let mut steps = Vec::new();
        let mut errors = Vec::new();
        for (line, text) in (1..).zip(text.lines()) {
            match parse::statement(text) {
                Ok(Some(statement)) => {
                    steps.push(Step { line, text: text.trim().into(), statement });
                }
                Ok(None) => {}
                Err(problem) => errors.push(LineError { line, problem }),
            }
        }
        let plan = if errors.is_empty() { check::check(steps) } else { Err(errors) };
        let plan = plan.map_err(PlanError::Lines)?;
        if plan.steps.is_empty() { Err(PlanError::Empty) } else { Ok(plan) }
    }
}

#[cfg(test)]
mod tests {
    use super::Plan;
    use crate::operations::PlanError;

    #[test]
    fn the_default_file_can_be_carried_out() {
        let plan = Plan::parse(Plan::DEFAULT).expect("a good example");
        assert_eq!(plan.regions, Plan::DEFAULT_REGIONS);
    }

    #[test]
    fn a_file_in_which_nothing_happens_is_refused() {
        for text in ["", "\n\n", "# sync\n", "regions a b\n"] {
            assert!(matches!(Plan::parse(text), Err(PlanError::Empty)), "{text}");
        }
    }

    #[test]
    fn what_editors_add_to_a_text_does_no_harm() {
        let plain = Plan::parse("sync\neu-west: counter x += 1\n").expect("reads");
        let edited = Plan::parse("\u{feff}sync\r\neu-west: counter x += 1\r\n").expect("reads");
        assert_eq!(edited, plain);
    }
}
