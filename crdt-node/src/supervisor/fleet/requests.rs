//! What a run asks of its regions.

use std::time::Duration;

use crdt_sync::Token;

use super::conversation::unexpected;
use super::{Failure, Fleet};
use crate::control::{Answer, Request, Status};
use crate::operations::{Operation, Reading};

impl Fleet<'_> {
    /// Has a region apply the next operation of its part, exactly once; returns the token of the
    /// write.
    pub(in crate::supervisor) fn apply(
        &mut self,
        region: &str,
        operation: Operation,
    ) -> Result<Token, Failure> {
        let number = self.region(region).confirmed + 1;
        match self.ask(region, &Request::Apply { number, operation })?.pop() {
            Some(Answer::Written(token)) => {
                self.region(region).confirmed = number;
                Ok(token)
            }
            other => Err(unexpected(region, other.as_ref())),
        }
    }

    pub(in crate::supervisor) fn status(&mut self, region: &str) -> Result<Status, Failure> {
        match self.ask(region, &Request::Status)?.pop() {
            Some(Answer::Status(status)) => {
                let sent =
                    status.peers.iter().map(|(peer, standing)| (peer.clone(), standing.sent));
                self.region(region).sent = sent.collect();
                Ok(status)
            }
            other => Err(unexpected(region, other.as_ref())),
        }
    }

    /// How long it took until the region covered the token, since its process was first asked.
    pub(in crate::supervisor) fn follow(
        &mut self,
        region: &str,
        token: Token,
    ) -> Result<Option<Duration>, Failure> {
        match self.ask(region, &Request::Follow(token))?.pop() {
            Some(Answer::Covered(took)) => Ok(took),
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
            if !self.region(region).ended {
                self.ask(region, &Request::Cut(peer.into()))?;
            }
        }
        Ok(())
    }

    pub(in crate::supervisor) fn heal(&mut self, a: &str, b: &str) -> Result<(), Failure> {
        self.cuts.remove(&pair(a, b));
        for (region, peer) in [(a, b), (b, a)] {
            if !self.region(region).ended {
                self.ask(region, &Request::Heal(peer.into()))?;
            }
        }
        Ok(())
    }
}

/// Two regions, as they stand among the cuts.
pub(in crate::supervisor) fn pair(a: &str, b: &str) -> [String; 2] {
    [a.min(b).into(), a.max(b).into()]
}
