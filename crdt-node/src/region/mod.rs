//! The process of one region.
//!
//! One thread owns everything that changes: it drives the [`Replica`](crdt_sync::Replica). The
//! others wait for the supervisor, for a peer to connect, for bytes, or for a peer to take bytes.
//! There is one connection between two regions, which the one with the lesser name dials.
//!
//! Whatever has come in is taken in first, all that there is; then it is made durable, at once; then
//! the supervisor is answered, and what the replica has to say is sent. So an answer is a promise,
//! and many writes at a time cost one wait for the disk.
//!
//! | file | what it answers |
//! |---|---|
//! | `kept` | what is durable |
//! | `peers` | who is linked, how far behind each is, and what is told of them |
//! | `connect`, `greeting`, `gates`, `pauses` | how two regions come to be connected, or are cut off |
//! | `links`, `frame` | how messages travel over a connection |

mod connect;
mod error;
mod frame;
mod gates;
mod greeting;
mod kept;
mod links;
mod pauses;
mod peers;
pub mod store;

use std::io::{self, BufRead, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::{Duration, Instant};

use crdt_core::Reading;
use crdt_sync::{Config, Token};

use crate::control::{Answer, Request, Status};
use crate::state::{fingerprint, readings};
use connect::{Connected, Shared};
use kept::Kept;
use links::LinkId;
use peers::Peers;

pub use error::RegionError;

/// What reaches the thread that owns everything. There is room for so many at a time; a peer that
/// sends faster waits.
const EVENTS: usize = 64;

/// How long the region may take to end in good order once its supervisor is gone.
const LAST_WORDS: Duration = Duration::from_secs(5);

enum Event {
    Request(String),
    Connected(Connected),
    Received {
        link: LinkId,
        bytes: Vec<u8>,
    },
    Closed {
        link: LinkId,
        problem: io::Error,
    },
    /// The supervisor has nothing more to ask.
    Ended,
}

/// Runs the region `name` over the store in `folder` until its standard input ends; then the store
/// is closed in good order. It meets regions of the same `run`, and no others.
///
/// # Errors
///
/// When the store cannot be opened or written, no address can be listened on, or the supervisor no
/// longer listens.
pub fn run(run: &str, name: &str, folder: &Path) -> Result<(), RegionError> {
    let kept = Kept::open(folder)?;
    if kept.cut_off() > 0 {
        let bytes = kept.cut_off();
        eprintln!("{name}: the store ended within a commit; its {bytes} bytes are left out");
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let ready = Answer::Ready {
        address: listener.local_addr()?,
        replica: kept.replica.id(),
        applied: kept.applied(),
    };
    let (events, received) = mpsc::sync_channel(EVENTS);
    let shared = Arc::new(Shared::new(run, name, events.clone(), Config::default().max_message));
    connect::spawn("accept", {
        let shared = Arc::clone(&shared);
        move || connect::keep_accepting(&listener, &shared)
    })?;
    connect::spawn("requests", move || forward_requests(&events))?;
    let (peers, answers) = (Peers::new(name), vec![ready]);
    let mut region = Region { name: name.into(), kept, peers, shared, answers, followed: None };
    let served = region.serve(&received);
    if !matches!(served, Err(RegionError::Store(_))) {
        region.kept.close()?;
    }
    served
}

/// Ends the process when the supervisor is gone: in good order, or, should that take too long, at
/// any moment, as a kill would. That is safe, since what was answered or sent is durable.
fn forward_requests(events: &SyncSender<Event>) {
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        if events.send(Event::Request(line)).is_err() {
            break;
        }
    }
    let _no_thread = thread::Builder::new().name("end".into()).spawn(|| {
        thread::sleep(LAST_WORDS);
        std::process::exit(0);
    });
    let _ended_already = events.send(Event::Ended);
}

struct Region {
    name: String,
    kept: Kept,
    peers: Peers,
    shared: Arc<Shared>,
    /// What the supervisor is answered as soon as everything before it is durable.
    answers: Vec<Answer>,
    followed: Option<Followed>,
}

/// A token that the supervisor has asked about.
struct Followed {
    token: Token,
    since: Instant,
    /// How long it took until it was covered.
    took: Option<Duration>,
}

impl Region {
    fn serve(&mut self, events: &Receiver<Event>) -> Result<(), RegionError> {
        loop {
            self.settle()?;
            let first = match self.kept.replica.next_deadline() {
                None => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(at_ms) => {
                    let wait_ms = at_ms.saturating_sub(Reading::system().monotonic_ms);
                    events.recv_timeout(Duration::from_millis(wait_ms))
                }
            };
            let first = match first {
                Ok(event) => Some(event),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            };
            for event in first.into_iter().chain(events.try_iter().take(EVENTS)) {
                if matches!(event, Event::Ended) {
                    return Ok(());
                }
                self.take(event)?;
            }
        }
    }

    /// Makes durable what is not, and then tells of it.
    fn settle(&mut self) -> Result<(), RegionError> {
        loop {
            let wrote = self.kept.commit()?;
            for answer in self.answers.drain(..) {
                say(&answer)?;
            }
            self.peers.send(&mut self.kept.replica, Reading::system());
            self.take_events();
            // The time that has passed may have brought something to be written down.
            if !wrote {
                return Ok(());
            }
        }
    }

    fn take_events(&mut self) {
        while let Some(event) = self.kept.replica.next_event() {
            match (&event, &mut self.followed) {
                (crdt_sync::Event::Covered(token), Some(followed)) if followed.token == *token => {
                    followed.took = Some(followed.since.elapsed());
                }
                _ => self.peers.tell(event),
            }
        }
    }

    fn take(&mut self, event: Event) -> Result<(), RegionError> {
        match event {
            Event::Request(line) => self.answer(&line)?,
            Event::Connected(connected) => self.connected(connected)?,
            Event::Received { link, bytes } => {
                self.peers.receive(&mut self.kept.replica, &link, &bytes, Reading::system());
            }
            Event::Closed { link, problem } => {
                if problem.kind() == io::ErrorKind::InvalidData {
                    eprintln!("{}: {} sent what cannot be read: {problem}", self.name, link.name);
                }
                self.peers.close(&mut self.kept.replica, &link);
            }
            Event::Ended => {}
        }
        Ok(())
    }

    fn answer(&mut self, line: &str) -> Result<(), RegionError> {
        let answer = match line.parse() {
            Err(error) => Answer::Refused(format!("{error}")),
            Ok(Request::Peers(peers)) => {
                for peer in self.shared.gates.set_addresses(&peers) {
                    self.peers.links.count_from_now(&peer);
                    if self.name < peer {
                        let shared = Arc::clone(&self.shared);
                        connect::spawn(&format!("dial {peer}"), move || {
                            connect::keep_dialing(&peer, &shared);
                        })?;
                    }
                }
                Answer::Done
            }
            Ok(Request::Apply { number, operation }) => match self.kept.apply(number, &operation) {
                Ok(token) => Answer::Written(token),
                Err(refusal) => Answer::Refused(refusal),
            },
            Ok(Request::Follow(token)) => self.follow(token),
            Ok(Request::Cut(peer)) => {
                self.shared.gates.set_cut(&peer, true);
                if let Some(link) = self.peers.links.link_to(&peer) {
                    self.peers.close(&mut self.kept.replica, &link);
                }
                Answer::Done
            }
            Ok(Request::Heal(peer)) => {
                self.shared.gates.set_cut(&peer, false);
                Answer::Done
            }
            Ok(Request::Status) => Answer::Status(Status {
                fingerprint: fingerprint(self.kept.replica.state()),
                peers: self.peers.standings(&self.kept.replica, Reading::system()),
            }),
            Ok(Request::Values) => {
                let values = readings(self.kept.replica.state());
                self.answers.extend(values.into_iter().map(Answer::Value));
                Answer::Done
            }
        };
        self.answers.push(answer);
        Ok(())
    }

    /// Tells how long it took until the token was covered, since it was first asked about.
    fn follow(&mut self, token: Token) -> Answer {
        if self.followed.as_ref().is_none_or(|followed| followed.token != token) {
            if let Some(before) = self.followed.take() {
                self.kept.replica.forget_token(&before.token);
            }
            self.followed = Some(Followed { token, since: Instant::now(), took: None });
            self.kept.replica.await_token(token);
            self.take_events();
        }
        Answer::Covered(self.followed.as_ref().and_then(|followed| followed.took))
    }

    /// A cut may have come while the two were greeting each other. And nobody takes the place of a
    /// peer that is connected by saying its name: a peer that has connected anew before its old
    /// connection was seen to end is refused as well, and comes again.
    fn connected(&mut self, connected: Connected) -> Result<(), RegionError> {
        let name = &connected.link.name;
        if self.shared.gates.is_cut(name) || self.peers.links.is_linked(name) {
            connected.refuse();
            return Ok(());
        }
        let link = self.peers.links.open(connected)?;
        self.kept.replica.connect(link.peer(), Reading::system());
        Ok(())
    }
}

fn say(answer: &Answer) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{answer}")?;
    output.flush()
}
