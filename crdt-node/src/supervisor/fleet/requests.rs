//! What a run asks of its regions.

use std::net::SocketAddr;

use crdt_sync::Token;

use super::conversation::unexpected;
use super::{Failure, Fleet};
use crate::operations::{Operation, Reading};
use crate::supervisor::client::{Answer, Client, Request, Status};
use crate::supervisor::process::Process;

impl Fleet<'_> {
    /// Has a region apply the next operation of its part, exactly once; returns the token of the
    /// write.
    pub(in crate::supervisor) fn apply(
        &mut self,
        region: &str,
        operation: Operation,
    ) -> Result<Token, Failure> {
        let number = self.region(region).confirmed + 1;
        match self.ask(region, &Request::Apply { number, operation })? {
            Answer::Written(token) => {
                self.region(region).confirmed = number;
                Ok(token)
            }
            other => Err(unexpected(region, &other)),
        }
    }

    pub(in crate::supervisor) fn status(&mut self, region: &str) -> Result<Status, Failure> {
        match self.ask(region, &Request::Status)? {
            Answer::Status(status) => {
                let sent =
                    status.peers.iter().map(|(peer, standing)| (peer.clone(), standing.sent));
                self.region(region).sent = sent.collect();
                Ok(status)
            }
            other => Err(unexpected(region, &other)),
        }
    }

    pub(in crate::supervisor) fn values(&mut self, region: &str) -> Result<Vec<Reading>, Failure> {
        match self.ask(region, &Request::Values)? {
            Answer::Values(values) => Ok(values.readings),
            other => Err(unexpected(region, &other)),
        }
    }

    /// Asks the present process of a region, without anybody waiting for it here.
    pub(in crate::supervisor) fn client(&self, region: &str) -> Option<Client> {
        Some(Client::new(region, self.address_of(region)?))
    }

    /// Where the present process of a region listens.
    pub(in crate::supervisor) fn address_of(&self, region: &str) -> Option<SocketAddr> {
        self.regions.get(region)?.address
    }

    /// The present process of a region.
    pub(in crate::supervisor) fn process_of(&self, region: &str) -> Option<u32> {
        self.regions.get(region)?.process.as_ref().map(Process::id)
    }

    /// When this returns, no byte passes between the two.
    pub(in crate::supervisor) fn cut(&mut self, a: &str, b: &str) -> Result<(), Failure> {
        self.cuts.insert(pair(a, b));
        self.tell_both(a, b)
    }

    pub(in crate::supervisor) fn heal(&mut self, a: &str, b: &str) -> Result<(), Failure> {
        self.cuts.remove(&pair(a, b));
        self.tell_both(a, b)
    }

    /// The one that is dialed first, so that it does not refuse the other.
    fn tell_both(&mut self, a: &str, b: &str) -> Result<(), Failure> {
        let [dialing, dialed] = pair(a, b);
        for (region, peer) in [(&dialed, &dialing), (&dialing, &dialed)] {
            if !self.region(region).ended {
                let link = self.link(region, peer);
                self.ask(region, &link)?;
            }
        }
        Ok(())
    }

    /// What a region is told of its link to another: the one of the lesser name dials, unless both are
    /// reached over NATS.
    pub(super) fn link(&self, region: &str, peer: &str) -> Request {
        let address = self.regions.get(peer).and_then(|peer| peer.address);
        let address = address.filter(|_| region < peer && self.nats.is_none());
        Request::Link {
            peer: peer.into(),
            url: address.map(|address| format!("ws://{address}/{}", self.run)),
            is_cut: self.cuts.contains(&pair(region, peer)),
        }
    }
}

/// Two regions, as they stand among the cuts.
pub(in crate::supervisor) fn pair(a: &str, b: &str) -> [String; 2] {
    [a.min(b).into(), a.max(b).into()]
}
