//! Asking a region, and hearing what it answers.

use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use super::{Died, Failure, Fleet};
use crate::control::{Answer, Request};
use crate::supervisor::process::Event;

/// How long a region may take to start, to answer, or to end. A busy disk takes seconds, never this.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// What comes next.
pub(super) enum Heard {
    /// A line of a region.
    Line { region: String, line: String },
    /// A region has died.
    Death,
    /// Nothing, before the deadline.
    Nothing,
}

impl Fleet<'_> {
    /// Asks until the region has answered, starting it again when it dies over it. Requests are
    /// such that asking twice is as good as once.
    pub(super) fn ask(&mut self, region: &str, request: &Request) -> Result<Vec<Answer>, Failure> {
        loop {
            self.ensure_running(region)?;
            match self.ask_once(region, request)? {
                Err(Died) => {}
                Ok(mut answers) => match answers.pop() {
                    Some(Answer::Refused(why)) => {
                        return Err(Failure::new(format!("{region} refused: {why}")));
                    }
                    last => {
                        answers.extend(last);
                        return Ok(answers);
                    }
                },
            }
        }
    }

    pub(super) fn ask_once(
        &mut self,
        name: &str,
        request: &Request,
    ) -> Result<Result<Vec<Answer>, Died>, Failure> {
        let region = self.region(name);
        let Some(process) = region.process.as_mut() else { return Ok(Err(Died)) };
        if process.ask(request).is_err() {
            region.gone = true;
            return Ok(Err(Died));
        }
        let mut answers = Vec::new();
        loop {
            match self.answer(name)? {
                Err(died) => return Ok(Err(died)),
                Ok(value @ Answer::Value(_)) => answers.push(value),
                Ok(last) => {
                    answers.push(last);
                    return Ok(Ok(answers));
                }
            }
        }
    }

    /// The next line of a region.
    pub(super) fn answer(&mut self, name: &str) -> Result<Result<Answer, Died>, Failure> {
        let deadline = Instant::now() + PATIENCE;
        while !self.region(name).gone {
            match self.hear(deadline)? {
                Heard::Line { region, line } if region == name => {
                    let answer = line.parse();
                    return answer
                        .map(Ok)
                        .map_err(|error| Failure::new(format!("{name}: {error}")));
                }
                Heard::Line { .. } | Heard::Death => {}
                Heard::Nothing => {
                    let seconds = PATIENCE.as_secs();
                    let problem = format!("{name} has not answered within {seconds} seconds");
                    return Err(Failure::new(problem));
                }
            }
        }
        Ok(Err(Died))
    }

    /// Waits for what comes next.
    pub(super) fn hear(&mut self, deadline: Instant) -> Result<Heard, Failure> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.events.recv_timeout(left) {
                Ok(Event::Interrupted) => return Err(Failure::Interrupted),
                Ok(Event::Said { region, start, line }) if self.is_present(&region, start) => {
                    return Ok(Heard::Line { region, line });
                }
                Ok(Event::Gone { region, start }) if self.is_present(&region, start) => {
                    self.region(&region).gone = true;
                    return Ok(Heard::Death);
                }
                Ok(Event::Said { .. } | Event::Gone { .. }) => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    return Ok(Heard::Nothing);
                }
            }
        }
    }

    fn is_present(&mut self, region: &str, start: u64) -> bool {
        self.region(region).process.as_ref().is_some_and(|process| process.start == start)
    }
}

pub(super) fn unexpected(region: &str, answer: Option<&Answer>) -> Failure {
    let answer = answer.map_or_else(|| "nothing".into(), Answer::to_string);
    Failure::new(format!("{region} answered something else than it was asked: {answer}"))
}
