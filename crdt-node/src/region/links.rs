//! The connections that are open.
//!
//! Each has a thread that writes, so that nobody waits for a peer who reads slowly, or not at all:
//! such a one is disconnected when a write has taken too long, or when too much waits for it. What
//! was not written is lost, and said again on the next connection if it is still news there.

use std::collections::BTreeMap;
use std::io;
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};

use crdt_sync::{Message, Peer};

use super::connect::{Connected, spawn};
use super::frame;

/// How many bytes may wait for a peer: more than the log and what else may be under way.
const MOST_WAITING: usize = 32 << 20;

/// One connection among all that were ever made to a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LinkId {
    /// The name of the region at its other end.
    pub(super) name: String,
    pub(super) number: u64,
}

impl LinkId {
    /// The link, as the replica calls it.
    pub(super) const fn peer(&self) -> Peer {
        Peer(self.number)
    }
}

struct Link {
    number: u64,
    stream: TcpStream,
    outgoing: Sender<Vec<u8>>,
    /// The bytes that wait to be written.
    waiting: Arc<AtomicUsize>,
}

/// At most one connection for each other region, and what was sent to it over all of them.
#[derive(Default)]
pub(super) struct Links {
    open: BTreeMap<String, Link>,
    sent: BTreeMap<String, Arc<AtomicU64>>,
}

impl Links {
    pub(super) fn count_from_now(&mut self, name: &str) {
        self.sent.entry(name.into()).or_default();
    }

    /// Whether a connection to this region is open.
    pub(super) fn is_linked(&self, name: &str) -> bool {
        self.open.contains_key(name)
    }

    /// Takes a connection.
    pub(super) fn open(&mut self, connected: Connected) -> io::Result<LinkId> {
        let Connected { link, stream, sent } = connected;
        let counted = Arc::clone(self.sent.entry(link.name.clone()).or_default());
        counted.fetch_add(sent, Ordering::Relaxed);
        let waiting = Arc::default();
        let (outgoing, messages) = mpsc::channel();
        let writer = Writer {
            stream: stream.try_clone()?,
            messages,
            waiting: Arc::clone(&waiting),
            sent: counted,
        };
        spawn(&format!("tell {}", link.name), move || writer.write())?;
        let open = Link { number: link.number, stream, outgoing, waiting };
        self.open.insert(link.name.clone(), open);
        Ok(link)
    }

    /// Whether it is this connection that is open now: what comes over another is too late.
    pub(super) fn is_open(&self, link: &LinkId) -> bool {
        self.open.get(&link.name).is_some_and(|open| open.number == link.number)
    }

    /// The connection that is open to a region.
    pub(super) fn link_to(&self, name: &str) -> Option<LinkId> {
        let open = self.open.get(name)?;
        Some(LinkId { name: name.into(), number: open.number })
    }

    /// The region at the other end of an open connection.
    pub(super) fn name_of(&self, peer: Peer) -> Option<&str> {
        let mut open = self.open.iter();
        open.find(|(_, link)| link.number == peer.0).map(|(name, _)| name.as_str())
    }

    /// Ends a connection at once: not a byte leaves any more.
    pub(super) fn close(&mut self, link: &LinkId) {
        if let Some(open) = self.take(link) {
            let _gone = open.stream.shutdown(Shutdown::Both);
        }
    }

    /// Ends a connection as soon as what waits has been written.
    pub(super) fn dismiss(&mut self, link: &LinkId) {
        drop(self.take(link));
    }

    fn take(&mut self, link: &LinkId) -> Option<Link> {
        if self.is_open(link) { self.open.remove(&link.name) } else { None }
    }

    /// Has a message sent. Returns the link when too much waits for it already; it is to be closed.
    pub(super) fn send(&self, message: Message) -> Option<LinkId> {
        let name = self.name_of(message.to)?;
        let link = self.open.get(name)?;
        let length = message.bytes.len();
        let waiting = link.waiting.fetch_add(length, Ordering::Relaxed);
        // Whoever can no longer be written to is told of by the thread that reads.
        let _ended = link.outgoing.send(message.bytes);
        (waiting + length > MOST_WAITING).then(|| LinkId { name: name.into(), number: link.number })
    }

    /// The bytes sent to every region, greetings and lengths included.
    pub(super) fn sent(&self) -> impl Iterator<Item = (&str, u64)> {
        self.sent.iter().map(|(name, bytes)| (name.as_str(), bytes.load(Ordering::Relaxed)))
    }
}

/// What the thread has that writes to one connection.
struct Writer {
    stream: TcpStream,
    messages: Receiver<Vec<u8>>,
    waiting: Arc<AtomicUsize>,
    sent: Arc<AtomicU64>,
}

impl Writer {
    /// Writes until the connection is closed, dismissed or broken.
    fn write(mut self) {
        while let Ok(message) = self.messages.recv() {
            let Ok(bytes) = frame::write(&mut self.stream, &message) else { break };
            self.sent.fetch_add(bytes, Ordering::Relaxed);
            self.waiting.fetch_sub(message.len(), Ordering::Relaxed);
        }
        let _gone = self.stream.shutdown(Shutdown::Both);
    }
}
