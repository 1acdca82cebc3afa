//! What is wrong with a file of operations.

use std::fmt;

/// A file that is no file of operations is wrong in every line; the first are enough to see that.
const MOST_LINES: usize = 10;

/// One line that cannot be read, or that cannot be carried out where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineError {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub problem: String,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for LineError {}

/// Why a file of operations is refused. Nothing of it was applied.
#[derive(Debug)]
pub enum PlanError {
    /// It cannot be read at all.
    Unreadable(String),
    /// No line of it says what to do.
    Empty,
    /// Lines of it are wrong, in the order of their numbers.
    Lines(Vec<LineError>),
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(problem) => f.write_str(problem),
            Self::Empty => f.write_str(
                "no line of it says what to do; `eu-west: counter views += 1` would be one",
            ),
            Self::Lines(errors) => {
                let lines: Vec<_> =
                    errors.iter().take(MOST_LINES).map(LineError::to_string).collect();
                f.write_str(&lines.join("\n"))?;
                match errors.len().saturating_sub(MOST_LINES) {
                    0 => Ok(()),
                    more => write!(f, "\nand {more} more lines"),
                }
            }
        }
    }
}

impl std::error::Error for PlanError {}
