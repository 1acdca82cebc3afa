//! What a run asks of its regions.

use super::conversation::unexpected;
use super::{Failure, Fleet};
use crate::control::{Answer, Request, Status};
use crate::operations::{Operation, Reading};

impl Fleet<'_> {
    /// Has a region apply the next operation of its part, exactly once.
    pub(in crate::supervisor) fn apply(
        &mut self,
        region: &str,
        operation: Operation,
    ) -> Result<(), Failure> {
        let number = self.region(region).confirmed + 1;
        match self.ask(region, &Request::Apply { number, operation })?.pop() {
            Some(Answer::Done) => {
                self.region(region).confirmed = number;
                Ok(())
            }
            other => Err(unexpected(region, other.as_ref())),
        }
    }

    pub(in crate::supervisor) fn status(&mut self, region: &str) -> Result<Status, Failure> {
        match self.ask(region, &Request::Status)?.pop() {
            Some(Answer::Status(status)) => {
                self.region(region).sent = status.sent.iter().cloned().collect();
                Ok(status)
            }
            other => Err(unexpected(region, other.as_ref())),
        }
    }

    pub(in crate::supervisor) fn values(&mut self, region: &str) -> Result<Vec<Reading>, Failure> {
        let answers = self.ask(region, &Request::Values)?;
        let reading = |answer| match answer {
            Answer::Value(reading) => Some(reading),
            _ => None,
        };
        Ok(answers.into_iter().filter_map(reading).collect())
    }

    /// When this returns, no byte passes between the two.
    pub(in crate::supervisor) fn cut(&mut self, a: &str, b: &str) -> Result<(), Failure> {
        self.cuts.insert(pair(a, b));
        for (region, peer) in [(a, b), (b, a)] {
            if !self.region(region).killed {
                self.ask(region, &Request::Cut(peer.into()))?;
            }
        }
        Ok(())
    }

    pub(in crate::supervisor) fn heal(&mut self, a: &str, b: &str) -> Result<(), Failure> {
        self.cuts.remove(&pair(a, b));
        for (region, peer) in [(a, b), (b, a)] {
            if !self.region(region).killed {
                self.ask(region, &Request::Heal(peer.into()))?;
            }
        }
        Ok(())
    }
}

fn pair(a: &str, b: &str) -> [String; 2] {
    [a.min(b).into(), a.max(b).into()]
}
