//! The connections that are open.

use std::collections::BTreeMap;
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use super::connect::Connected;
use super::frame::Frame;

/// After a refusal, when a peer is asked again for what was refused.
const RETRY: Duration = Duration::from_secs(1);

/// One connection among all that were ever made to a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LinkId {
    pub(super) peer: String,
    pub(super) number: u64,
}

struct Link {
    number: u64,
    stream: TcpStream,
    retry: Option<Instant>,
}

/// At most one connection for each peer, and what was sent to it over all of them.
#[derive(Default)]
pub(super) struct Links {
    open: BTreeMap<String, Link>,
    sent: BTreeMap<String, u64>,
}

impl Links {
    pub(super) fn count_from_now(&mut self, peer: &str) {
        self.sent.entry(peer.into()).or_default();
    }

    /// Whether a connection to this peer is open.
    pub(super) fn is_linked(&self, peer: &str) -> bool {
        self.open.contains_key(peer)
    }

    /// Takes a connection, in place of any before it.
    pub(super) fn open(&mut self, connected: Connected) -> LinkId {
        let Connected { link, stream, sent } = connected;
        self.close_to(&link.peer);
        *self.sent.entry(link.peer.clone()).or_default() += sent;
        self.open.insert(link.peer.clone(), Link { number: link.number, stream, retry: None });
        link
    }

    /// Whether it is this connection that is open now: what comes over another is too late.
    pub(super) fn is_open(&self, link: &LinkId) -> bool {
        self.open.get(&link.peer).is_some_and(|open| open.number == link.number)
    }

    pub(super) fn close(&mut self, link: &LinkId) {
        if self.is_open(link) {
            self.close_to(&link.peer);
        }
    }

    pub(super) fn close_to(&mut self, peer: &str) {
        if let Some(link) = self.open.remove(peer) {
            let _gone = link.stream.shutdown(Shutdown::Both);
        }
    }

    /// Sends, or closes what cannot be sent over: on the next connection a digest tells what was
    /// missed.
    pub(super) fn send(&mut self, link: &LinkId, frame: &Frame) {
        if !self.is_open(link) {
            return;
        }
        let Some(open) = self.open.get_mut(&link.peer) else { return };
        match frame.write_to(&mut open.stream) {
            Ok(bytes) => *self.sent.entry(link.peer.clone()).or_default() += bytes,
            Err(problem) => {
                if problem.kind() == std::io::ErrorKind::InvalidData {
                    eprintln!("nothing can be sent to {}: {problem}", link.peer);
                }
                self.close_to(&link.peer);
            }
        }
    }

    pub(super) fn send_to_all(&mut self, frame: &Frame, but: Option<&LinkId>) {
        let link =
            |(peer, link): (&String, &Link)| LinkId { peer: peer.clone(), number: link.number };
        let all: Vec<_> = self.open.iter().map(link).collect();
        for link in all.iter().filter(|link| but != Some(*link)) {
            self.send(link, frame);
        }
    }

    /// Something of this peer was refused; it may be admitted later.
    pub(super) fn ask_again(&mut self, link: &LinkId) {
        if let Some(open) = self.open.get_mut(&link.peer) {
            open.retry = Some(Instant::now() + RETRY);
        }
    }

    pub(super) fn next_retry(&self) -> Option<Instant> {
        self.open.values().filter_map(|link| link.retry).min()
    }

    /// Sends `digest` to the peers whose time has come.
    pub(super) fn retry(&mut self, digest: &Frame) {
        let now = Instant::now();
        let mut due = Vec::new();
        for (peer, link) in &mut self.open {
            if link.retry.take_if(|retry| *retry <= now).is_some() {
                due.push(LinkId { peer: peer.clone(), number: link.number });
            }
        }
        for link in &due {
            self.send(link, digest);
        }
    }

    /// The bytes sent to every peer, greetings and frame headers included.
    pub(super) fn sent(&self) -> Vec<(String, u64)> {
        self.sent.iter().map(|(peer, bytes)| (peer.clone(), *bytes)).collect()
    }
}
