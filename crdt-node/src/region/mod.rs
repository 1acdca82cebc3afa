//! The process of one region.
//!
//! One thread owns everything that changes; the others wait for its supervisor, for a peer to
//! connect, or for bytes, and hand it what they got. There is one connection
//! between two regions, which the one with the lesser name dials.
//!
//! - A local write is durable before it is answered; then its delta goes to every peer.
//! - What arrives is admitted or refused as a whole; what of it was new is durable before it goes
//!   on to the other peers.
//! - On a new connection both sides send a digest, and answer the other's with what it lacks.
//!   Nothing is lost on a connection, so regions that are equal are silent.

mod connect;
mod frame;
mod gates;
mod greeting;
mod links;
mod pauses;
mod replica;

use std::io::{self, BufRead, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::time::Instant;

use crdt_core::Delta;

use crate::control::{Answer, Request, Status};
use crate::state::{fingerprint, readings};
use connect::{Connected, Shared};
use frame::Frame;
use links::{LinkId, Links};
use replica::Replica;

/// What reaches the thread that owns everything. There is room for so many at a time; a peer that
/// sends faster waits.
const EVENTS: usize = 256;

enum Event {
    Request(String),
    Connected(Connected),
    Received { link: LinkId, frame: Frame },
    Closed { link: LinkId, problem: io::Error },
}

/// Runs the region `name` over the store in `folder` until its standard input ends.
///
/// # Errors
///
/// When the store cannot be read or written, no address can be listened on, or the supervisor no
/// longer listens.
pub fn run(name: &str, folder: &Path) -> io::Result<()> {
    let replica = Replica::open(folder)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let ready = Answer::Ready {
        address: listener.local_addr()?,
        replica: replica.id(),
        applied: replica.applied(),
    };
    let (events, received) = mpsc::sync_channel(EVENTS);
    let shared = Arc::new(Shared::new(name, events.clone()));
    connect::spawn("accept", {
        let shared = Arc::clone(&shared);
        move || connect::keep_accepting(&listener, &shared)
    })?;
    connect::spawn("requests", move || forward_requests(&events))?;
    let mut region = Region { name: name.into(), replica, links: Links::default(), shared };
    say(&ready)?;
    region.serve(&received)
}

/// Ends the process when the supervisor is gone: at any moment, as a kill would. That is safe,
/// since what was answered or sent is durable.
fn forward_requests(events: &SyncSender<Event>) {
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        if events.send(Event::Request(line)).is_err() {
            break;
        }
    }
    std::process::exit(0);
}

fn say(answer: &Answer) -> io::Result<()> {
    let mut output = io::stdout().lock();
    writeln!(output, "{answer}")?;
    output.flush()
}

struct Region {
    name: String,
    replica: Replica,
    links: Links,
    shared: Arc<Shared>,
}

impl Region {
    fn serve(&mut self, events: &Receiver<Event>) -> io::Result<()> {
        loop {
            let event = match self.links.next_retry() {
                None => events.recv().ok(),
                Some(retry) => match events.recv_timeout(retry - Instant::now().min(retry)) {
                    Ok(event) => Some(event),
                    Err(RecvTimeoutError::Disconnected) => None,
                    Err(RecvTimeoutError::Timeout) => {
                        let digest = Frame::Digest(Box::new(self.replica.state().digest()));
                        self.links.retry(&digest);
                        continue;
                    }
                },
            };
            match event {
                None => return Ok(()),
                Some(Event::Request(line)) => self.answer(&line)?,
                Some(Event::Connected(connected)) => self.connected(connected),
                Some(Event::Received { link, frame }) => self.receive(&link, frame)?,
                Some(Event::Closed { link, problem }) => {
                    if problem.kind() == io::ErrorKind::InvalidData {
                        self.log(&format!("{} sent what cannot be read: {problem}", link.peer));
                    }
                    self.links.close(&link);
                }
            }
        }
    }

    fn answer(&mut self, line: &str) -> io::Result<()> {
        match line.parse() {
            Err(error) => say(&Answer::Refused(format!("{error}"))),
            Ok(Request::Peers(peers)) => {
                for peer in self.shared.gates.set_addresses(&peers) {
                    self.links.count_from_now(&peer);
                    if self.name < peer {
                        let shared = Arc::clone(&self.shared);
                        connect::spawn(&format!("dial {peer}"), move || {
                            connect::keep_dialing(&peer, &shared);
                        })?;
                    }
                }
                say(&Answer::Done)
            }
            Ok(Request::Apply { number, operation }) => {
                match self.replica.write(number, operation)? {
                    Err(refusal) => return say(&Answer::Refused(refusal)),
                    Ok(delta) if delta.is_bottom() => {}
                    Ok(delta) => self.links.send_to_all(&Frame::Delta(Box::new(delta)), None),
                }
                say(&Answer::Done)
            }
            Ok(Request::Cut(peer)) => {
                self.shared.gates.set_cut(&peer, true);
                self.links.close_to(&peer);
                say(&Answer::Done)
            }
            Ok(Request::Heal(peer)) => {
                self.shared.gates.set_cut(&peer, false);
                say(&Answer::Done)
            }
            Ok(Request::Status) => say(&Answer::Status(Status {
                fingerprint: fingerprint(self.replica.state()),
                sent: self.links.sent(),
            })),
            Ok(Request::Values) => {
                let values = readings(self.replica.state());
                values.into_iter().try_for_each(|reading| say(&Answer::Value(reading)))?;
                say(&Answer::Done)
            }
        }
    }

    /// A cut may have come while the two were greeting each other. And nobody takes the place of a
    /// peer that is connected by saying its name: a peer that has connected anew before its old
    /// connection was seen to end is refused as well, and comes again.
    fn connected(&mut self, connected: Connected) {
        let peer = &connected.link.peer;
        if self.shared.gates.is_cut(peer) || self.links.is_linked(peer) {
            connected.refuse();
            return;
        }
        let link = self.links.open(connected);
        let digest = Frame::Digest(Box::new(self.replica.state().digest()));
        self.links.send(&link, &digest);
    }

    fn receive(&mut self, link: &LinkId, frame: Frame) -> io::Result<()> {
        if !self.links.is_open(link) {
            return Ok(());
        }
        match frame {
            Frame::Hello(_) => self.links.close(link),
            Frame::Digest(digest) => {
                let delta = self.replica.state().delta_since(&digest);
                if !delta.is_bottom() {
                    self.links.send(link, &Frame::Delta(Box::new(delta)));
                }
            }
            Frame::Delta(delta) => match self.replica.take_in(*delta)? {
                Ok(novel) if novel.is_bottom() => {}
                Ok(novel) => {
                    self.links.send_to_all(&Frame::Delta(Box::new(novel)), Some(link));
                }
                Err(refusal) => {
                    self.log(&format!("a change from {} is refused: {refusal}", link.peer));
                    self.links.ask_again(link);
                }
            },
        }
        Ok(())
    }

    fn log(&self, message: &str) {
        eprintln!("{}: {message}", self.name);
    }
}
