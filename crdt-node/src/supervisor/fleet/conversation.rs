//! Asking a region, and hearing what it answers.

use std::net::SocketAddr;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Instant;

use super::{Died, Failure, Fleet};
use crate::supervisor::client::{Answer, PATIENCE, Request, Unanswered};
use crate::supervisor::process::Event;

/// What comes next.
pub(super) enum Heard {
    /// A region listens.
    Listens { region: String, address: SocketAddr },
    /// A region was asked.
    Answer { region: String, answer: Result<Answer, Unanswered> },
    /// A region has died.
    Death,
    /// Somebody asks for something.
    Asked,
    /// Nothing, before the deadline.
    Nothing,
}

impl Fleet<'_> {
    /// Asks until the region has answered, starting it again when it dies over it.
    pub(super) fn ask(&mut self, region: &str, request: &Request) -> Result<Answer, Failure> {
        loop {
            self.ensure_running(region)?;
            if let Ok(answer) = self.ask_once(region, request)? {
                return Ok(answer);
            }
        }
    }

    pub(super) fn ask_once(
        &mut self,
        name: &str,
        request: &Request,
    ) -> Result<Result<Answer, Died>, Failure> {
        let region = self.region(name);
        let Some(process) = &region.process else { return Ok(Err(Died)) };
        if process.ask(request.clone()).is_err() {
            return Ok(Err(Died));
        }
        let deadline = Instant::now() + PATIENCE;
        let mut problem = "it has not answered".to_owned();
        while !self.region(name).gone {
            match self.hear(deadline)? {
                Heard::Answer { region, answer } if region == name => match answer {
                    Ok(Answer::Refused(why)) => {
                        return Err(Failure::new(format!("{name} refused: {why}")));
                    }
                    Ok(answer) => return Ok(Ok(answer)),
                    // It has died, most likely, and its output is about to end.
                    Err(Unanswered(why)) => problem = why,
                },
                Heard::Nothing => return Err(late(name, &problem)),
                _ => {}
            }
        }
        Ok(Err(Died))
    }

    /// Waits until a region that was started listens, and says where.
    pub(super) fn address(&mut self, name: &str) -> Result<Result<SocketAddr, Died>, Failure> {
        let deadline = Instant::now() + PATIENCE;
        while !self.region(name).gone {
            match self.hear(deadline)? {
                Heard::Listens { region, address } if region == name => return Ok(Ok(address)),
                Heard::Nothing => return Err(late(name, "it has not started")),
                _ => {}
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
                Ok(Event::Asked(asked)) => {
                    self.asked.push_back(asked);
                    return Ok(Heard::Asked);
                }
                Ok(Event::Listens { region, start, address })
                    if self.is_present(&region, start) =>
                {
                    return Ok(Heard::Listens { region, address });
                }
                Ok(Event::Answered { region, start, answer })
                    if self.is_present(&region, start) =>
                {
                    return Ok(Heard::Answer { region, answer });
                }
                Ok(Event::Gone { region, start }) if self.is_present(&region, start) => {
                    self.region(&region).gone = true;
                    return Ok(Heard::Death);
                }
                Ok(Event::Listens { .. } | Event::Answered { .. } | Event::Gone { .. }) => {}
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

fn late(region: &str, problem: &str) -> Failure {
    let seconds = PATIENCE.as_secs();
    Failure::new(format!("{region} has not answered within {seconds} seconds: {problem}"))
}

pub(super) fn unexpected(region: &str, answer: &Answer) -> Failure {
    Failure::new(format!("{region} answered something else than it was asked: {answer:?}"))
}
