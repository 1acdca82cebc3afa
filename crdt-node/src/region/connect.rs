//! How two regions come to be connected.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::Duration;

use super::Event;
use super::frame::Frame;
use super::gates::Gates;
use super::links::LinkId;

/// How long a peer may take to connect, to greet, and to make room for a write.
const PATIENCE: Duration = Duration::from_secs(2);

/// The pause before the first new attempt, and the longest; it doubles in between.
const PAUSES: [Duration; 2] = [Duration::from_millis(10), Duration::from_millis(500)];

/// What the connecting threads share.
pub(super) struct Shared {
    name: String,
    pub(super) gates: Gates,
    events: SyncSender<Event>,
    links: AtomicU64,
}

/// A connection whose two ends have greeted each other.
pub(super) struct Connected {
    pub(super) link: LinkId,
    pub(super) stream: TcpStream,
    /// The bytes of the greeting.
    pub(super) sent: u64,
}

impl Connected {
    pub(super) fn refuse(self) {
        let _gone = self.stream.shutdown(Shutdown::Both);
    }
}

impl Shared {
    pub(super) fn new(name: &str, events: SyncSender<Event>) -> Self {
        let (gates, links) = (Gates::default(), AtomicU64::new(0));
        Self { name: name.into(), gates, events, links }
    }

    /// Says hello, unless the peer is cut off; returns the bytes sent.
    fn greet(&self, peer: &str, stream: &mut TcpStream) -> io::Result<u64> {
        let hello = Frame::Hello(self.name.clone());
        let greeted = self.gates.while_open(peer, || hello.write_to(stream));
        greeted.unwrap_or_else(|| Err(io::ErrorKind::ConnectionRefused.into()))
    }

    /// Hands a greeted connection over, and then every frame that arrives on it, until it ends.
    fn attend(&self, peer: String, mut stream: TcpStream, sent: u64) -> io::Result<()> {
        stream.set_read_timeout(None)?;
        let link = LinkId { peer, number: self.links.fetch_add(1, Ordering::Relaxed) };
        let connected = Connected { link: link.clone(), stream: stream.try_clone()?, sent };
        self.tell(Event::Connected(connected))?;
        loop {
            match Frame::read_from(&mut stream) {
                Ok(frame) => self.tell(Event::Received { link: link.clone(), frame })?,
                Err(problem) => return self.tell(Event::Closed { link, problem }),
            }
        }
    }

    fn tell(&self, event: Event) -> io::Result<()> {
        self.events.send(event).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// Starts a thread that lives as long as the process does.
pub(super) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.into()).spawn(work).map(drop)
}

/// Connects to `peer`, again and again, and reads what it sends.
pub(super) fn keep_dialing(peer: &str, shared: &Shared) {
    let [shortest, longest] = PAUSES;
    let mut pause = shortest;
    loop {
        let address = shared.gates.wait_until_open(peer);
        let attended = dial(address, peer, shared)
            .and_then(|(stream, sent)| shared.attend(peer.into(), stream, sent));
        pause = if attended.is_ok() { shortest } else { longest.min(pause * 2) };
        shared.gates.wait_for_change(pause);
    }
}

fn dial(address: SocketAddr, peer: &str, shared: &Shared) -> io::Result<(TcpStream, u64)> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    prepare(&stream)?;
    let sent = shared.greet(peer, &mut stream)?;
    if hear(&mut stream)? != peer {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    Ok((stream, sent))
}

/// Lets peers connect, one greeting after the other, and has a thread read what each sends.
pub(super) fn keep_accepting(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        let Ok((peer, stream, sent)) = stream.and_then(|stream| welcome(stream, shared)) else {
            continue;
        };
        let shared = Arc::clone(shared);
        let _too_many = spawn(&format!("read {peer}"), move || {
            let _ended = shared.attend(peer, stream, sent);
        });
    }
}

fn welcome(mut stream: TcpStream, shared: &Shared) -> io::Result<(String, TcpStream, u64)> {
    prepare(&stream)?;
    let peer = hear(&mut stream)?;
    let sent = shared.greet(&peer, &mut stream)?;
    Ok((peer, stream, sent))
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))
}

/// Who is at the other end.
fn hear(stream: &mut TcpStream) -> io::Result<String> {
    match Frame::read_from(stream)? {
        Frame::Hello(region) => Ok(region),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}
