//! How two regions come to be connected.
//!
//! Whoever can reach the port can connect, and a greeting proves no name: it keeps runs apart that
//! mean no harm, and nobody out. So a greeting is short,
//! has one deadline from its first byte to its last, and is heard in a thread of its own, of which
//! there are not too many; and a name that is connected cannot be taken over. A name that is not can
//! be: between processes of one machine, under one user, that is as far as this goes.

use std::io;
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::SyncSender;
use std::thread;
use std::time::{Duration, Instant};

use super::gates::Gates;
use super::links::LinkId;
use super::pauses::Pauses;
use super::{Event, frame, greeting};

/// How long a peer may take to connect, to greet, and to make room for a write.
const PATIENCE: Duration = Duration::from_secs(2);

/// Before it is tried again to accept, when no more files can be open, say.
const BREATH: Duration = Duration::from_millis(10);

/// How many who have connected may be greeting at a time; one more is refused, and may try again.
const MOST_GREETING: usize = 64;

/// What the connecting threads share.
pub(super) struct Shared {
    run: String,
    name: String,
    pub(super) gates: Gates,
    events: SyncSender<Event>,
    links: AtomicU64,
    patience: Duration,
    /// The longest message that a peer may send.
    longest: usize,
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
    pub(super) fn new(run: &str, name: &str, events: SyncSender<Event>, longest: usize) -> Self {
        let (gates, links) = (Gates::default(), AtomicU64::new(0));
        let (run, name) = (run.into(), name.into());
        Self { run, name, gates, events, links, patience: PATIENCE, longest }
    }

    /// Says hello, unless the peer is cut off; returns the bytes sent.
    fn greet(&self, peer: &str, stream: &mut TcpStream) -> io::Result<u64> {
        let greeted = self.gates.while_open(peer, || greeting::say(stream, &self.run, &self.name));
        greeted.unwrap_or_else(|| Err(io::ErrorKind::ConnectionRefused.into()))
    }

    /// Hands a greeted connection over.
    fn introduce(&self, peer: String, stream: &TcpStream, sent: u64) -> io::Result<LinkId> {
        stream.set_read_timeout(None)?;
        let link = LinkId { name: peer, number: self.links.fetch_add(1, Ordering::Relaxed) };
        let connected = Connected { link: link.clone(), stream: stream.try_clone()?, sent };
        self.tell(Event::Connected(connected))?;
        Ok(link)
    }

    /// Hands over every message that arrives on a connection, until it ends.
    fn attend(&self, link: LinkId, mut stream: TcpStream) -> io::Result<()> {
        loop {
            match frame::read(&mut stream, self.longest) {
                Ok(bytes) => self.tell(Event::Received { link: link.clone(), bytes })?,
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
    let (mut pauses, mut changes_before) = (Pauses::default(), 0);
    loop {
        let (address, changes) = shared.gates.wait_until_open(peer);
        let begun = Instant::now();
        let _ended = dial(address, peer, shared).and_then(|(stream, sent)| {
            let link = shared.introduce(peer.into(), &stream, sent)?;
            shared.attend(link, stream)
        });
        let pause = pauses.after(begun.elapsed(), changes != changes_before);
        shared.gates.wait_for_change(changes, pause);
        changes_before = changes;
    }
}

fn dial(address: SocketAddr, peer: &str, shared: &Shared) -> io::Result<(TcpStream, u64)> {
    let mut stream = TcpStream::connect_timeout(&address, shared.patience)?;
    prepare(&stream)?;
    let sent = shared.greet(peer, &mut stream)?;
    if greeting::hear(&stream, &shared.run, shared.patience)? != peer {
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    Ok((stream, sent))
}

/// Lets peers connect, and has a thread greet each and read what it sends.
pub(super) fn keep_accepting(listener: &TcpListener, shared: &Arc<Shared>) {
    let places = Arc::new(());
    for stream in listener.incoming() {
        let Ok(stream) = stream else {
            thread::sleep(BREATH);
            continue;
        };
        let place = Arc::clone(&places);
        if Arc::strong_count(&places) > 1 + MOST_GREETING {
            continue;
        }
        let shared = Arc::clone(shared);
        let _too_many = spawn("peer", move || {
            let _ended = welcome(stream, &shared).and_then(|(peer, stream, sent)| {
                let link = shared.introduce(peer, &stream, sent)?;
                drop(place);
                shared.attend(link, stream)
            });
        });
    }
}

fn welcome(mut stream: TcpStream, shared: &Shared) -> io::Result<(String, TcpStream, u64)> {
    prepare(&stream)?;
    let peer = greeting::hear(&stream, &shared.run, shared.patience)?;
    if peer >= shared.name {
        // The one with the lesser name dials, so that this is somebody else.
        return Err(io::ErrorKind::ConnectionRefused.into());
    }
    let sent = shared.greet(&peer, &mut stream)?;
    Ok((peer, stream, sent))
}

fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(PATIENCE))
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Read, Write};
    use std::net::{Ipv4Addr, TcpListener, TcpStream};
    use std::sync::Arc;
    use std::sync::mpsc::{Receiver, sync_channel};
    use std::time::Duration;

    use super::super::{Event, greeting};
    use super::{MOST_GREETING, Shared, dial, keep_accepting, spawn};

    const LONG: Duration = Duration::from_secs(600);

    const RUN: &str = "run";

    fn listener() -> TcpListener {
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port")
    }

    /// A region that lets others connect, and knows one whose name is `a`.
    fn accepting(name: &str) -> (TcpListener, Receiver<Event>) {
        let (events, received) = sync_channel(1 << 10);
        let shared = Shared { patience: LONG, ..Shared::new(RUN, name, events, 1 << 20) };
        let (listener, nowhere) = (listener(), listener());
        shared.gates.set_addresses(&[("a".into(), nowhere.local_addr().expect("bound"))]);
        let accepts = listener.try_clone().expect("open");
        spawn("accept", move || keep_accepting(&accepts, &Arc::new(shared))).expect("starts");
        (listener, received)
    }

    fn connect(to: &TcpListener) -> TcpStream {
        let stream = TcpStream::connect(to.local_addr().expect("bound")).expect("connects");
        stream.set_read_timeout(Some(LONG)).expect("can be set");
        stream
    }

    fn greet(to: &TcpListener, name: &str) -> TcpStream {
        greet_of(RUN, to, name)
    }

    fn greet_of(run: &str, to: &TcpListener, name: &str) -> TcpStream {
        let mut stream = connect(to);
        // Who is refused may be gone before it has said all.
        let _gone = greeting::say(&mut stream, run, name);
        stream
    }

    /// Whether the other end has closed the connection without a word.
    fn is_refused(mut stream: &TcpStream) -> bool {
        match stream.read(&mut [0]) {
            Ok(read) => read == 0,
            Err(error) => error.kind() == ErrorKind::ConnectionReset,
        }
    }

    #[test]
    fn a_slow_greeter_does_not_keep_a_real_peer_waiting() {
        let (listener, received) = accepting("b");
        let mut slow: Vec<_> = (0..3).map(|_| connect(&listener)).collect();
        for stream in &mut slow {
            stream.write_all(&[0]).expect("writes");
        }
        let real = greet(&listener, "a");
        assert_eq!(greeting::hear(&real, RUN, LONG).expect("is greeted"), "b");
        let event = received.recv_timeout(LONG).expect("is handed over");
        assert!(matches!(event, Event::Connected(connected) if connected.link.name == "a"));
        for stream in &mut slow {
            stream.set_nonblocking(true).expect("can be set");
            let open = stream.read(&mut [0]).expect_err("nobody has answered it");
            assert_eq!(open.kind(), ErrorKind::WouldBlock, "and it may still greet");
        }
    }

    #[test]
    fn there_are_not_too_many_greeters() {
        let (listener, _received) = accepting("b");
        let held: Vec<_> = (0..MOST_GREETING).map(|_| connect(&listener)).collect();
        assert!(is_refused(&connect(&listener)));
        drop(held);
        // The places are free as soon as the threads have noticed.
        while greeting::hear(&greet(&listener, "a"), RUN, LONG).is_err() {}
    }

    /// A region was killed, its port went to one of the same name in another run, and a peer that
    /// still dialled it met that one: the two runs were merged, and the region itself, once it was back,
    /// was refused, as its name was linked.
    #[test]
    fn regions_of_two_runs_met_where_one_had_got_the_port_of_another() {
        let (accepts, _received) = accepting("b");
        assert!(is_refused(&greet_of("another", &accepts, "a")), "by the one that is dialled");

        let other = listener();
        let address = other.local_addr().expect("bound");
        let answer = move || {
            let (mut stream, _) = other.accept().expect("connects");
            greeting::say(&mut stream, "another", "b").expect("says");
        };
        spawn("answer", answer).expect("starts");
        let (events, _received) = sync_channel(1);
        let dials = Shared { patience: LONG, ..Shared::new(RUN, "a", events, 1 << 20) };
        dials.gates.set_addresses(&[("b".into(), address)]);
        let refused = dial(address, "b", &dials).expect_err("by the one that dials");
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    }

    #[test]
    fn who_should_have_been_dialled_is_refused() {
        let (listener, _received) = accepting("b");
        for name in ["b", "c"] {
            assert!(is_refused(&greet(&listener, name)), "{name}");
        }
    }
}
