//! One region, as its supervisor and its peers see it.

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use crdt_core::{Reading, ReplicaId, Wire};
use crdt_document::Document;
use crdt_node::control::{Answer, Status};
use crdt_sync::{Config, Opening, Peer, Replica};

const LONG: Duration = Duration::from_secs(60);

/// What all regions here belong to.
const RUN: &str = "run";

pub(crate) struct Region {
    child: Child,
    answers: Lines<BufReader<ChildStdout>>,
    pub(crate) address: SocketAddr,
    pub(crate) replica: ReplicaId,
    pub(crate) applied: u64,
}

impl Region {
    pub(crate) fn start(name: &str, folder: &Path) -> Self {
        match Self::try_start(name, folder) {
            Ok(region) => region,
            Err(said) => panic!("{name} does not start: {said}"),
        }
    }

    /// What it says of why it does not start, if it does not.
    pub(crate) fn try_start(name: &str, folder: &Path) -> Result<Self, String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crdt-node"));
        command.args(["region", RUN, name]).arg(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("starts");
        let mut answers = BufReader::new(child.stdout.take().expect("piped")).lines();
        let Some(ready) = answers.next() else {
            assert!(!child.wait().expect("ends").success());
            return Err(said(&mut child));
        };
        let ready = ready.expect("reads");
        let Ok(Answer::Ready { address, replica, applied }) = ready.parse() else {
            panic!("{ready}")
        };
        Ok(Self { child, answers, address, replica, applied })
    }

    pub(crate) fn ask(&mut self, request: &str) -> Answer {
        let input = self.child.stdin.as_mut().expect("piped");
        writeln!(input, "{request}").expect("writes");
        self.answer()
    }

    fn answer(&mut self) -> Answer {
        let answer = self.answers.next().expect("answers").expect("reads");
        answer.parse().unwrap_or_else(|_| panic!("no answer: {answer}"))
    }

    pub(crate) fn apply(&mut self, number: u64, operation: &str) {
        let answer = self.ask(&format!("apply {number} {operation}"));
        assert!(matches!(answer, Answer::Written(_)), "{operation}: {answer}");
    }

    /// All values, as an operations file would expect them.
    pub(crate) fn values(&mut self) -> Vec<String> {
        let mut values = Vec::new();
        let mut answer = self.ask("values");
        while let Answer::Value(reading) = answer {
            values.push(reading.to_string());
            answer = self.answer();
        }
        values
    }

    pub(crate) fn status(&mut self) -> Status {
        match self.ask("status") {
            Answer::Status(status) => status,
            other => panic!("{other}"),
        }
    }

    /// Ends it in good order; returns what it said on its error output.
    pub(crate) fn end(mut self) -> String {
        drop(self.child.stdin.take());
        assert!(self.child.wait().expect("ends").success());
        said(&mut self.child)
    }

    /// Ends it as a crash would.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("runs");
        self.child.wait().expect("ends");
    }
}

fn said(child: &mut Child) -> String {
    let mut said = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut said).expect("reads");
    said
}

/// A region that fails a test ends with it.
impl Drop for Region {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _reaped_already = self.child.wait();
    }
}

/// A peer that is no region: a replica and a connection.
pub(crate) struct Visitor {
    pub(crate) replica: Replica<Document>,
    pub(crate) stream: TcpStream,
}

const REGION: Peer = Peer(0);

impl Visitor {
    /// Connects, and says the run and the name of a region.
    pub(crate) fn greet(region: &Region, name: &str) -> Self {
        let now = Reading::system();
        let opening = Opening::new(ReplicaId::random().as_u128(), now);
        let mut replica = Replica::new(&opening, Config::volatile());
        replica.connect(REGION, now);
        let stream = TcpStream::connect(region.address).expect("connects");
        stream.set_read_timeout(Some(LONG)).expect("can be set");
        let mut visitor = Self { replica, stream };
        visitor.send(&(RUN.to_owned(), name.to_owned()).encode());
        visitor
    }

    /// Comes again until it is taken in, as who dials does: an earlier end may not have been seen.
    pub(crate) fn come(region: &Region, name: &str) -> Self {
        loop {
            let mut visitor = Self::greet(region, name);
            if visitor.is_taken_in() {
                return visitor;
            }
        }
    }

    /// Sends one frame. Who is refused may be gone before it has said all.
    pub(crate) fn send(&mut self, body: &[u8]) {
        let length = u32::try_from(body.len()).expect("short").to_be_bytes();
        let _gone = self.stream.write_all(&[&length, body].concat());
    }

    /// The next frame; `None` when the connection has ended.
    pub(crate) fn hear(&mut self) -> Option<Vec<u8>> {
        let mut length = [0; 4];
        self.stream.read_exact(&mut length).ok()?;
        let mut body = vec![0; u32::from_be_bytes(length) as usize];
        self.stream.read_exact(&mut body).ok()?;
        Some(body)
    }

    /// Whether the region answers the greeting, and then has something to say.
    pub(crate) fn is_taken_in(&mut self) -> bool {
        self.hear().is_some() && self.hear().is_some_and(|message| self.take(&message))
    }

    fn take(&mut self, message: &[u8]) -> bool {
        self.replica.receive(REGION, message, Reading::system()).is_ok()
    }

    /// Says what the replica has to say.
    pub(crate) fn talk(&mut self) {
        while let Some(message) = self.replica.next_message(Reading::system()) {
            self.send(&message.bytes);
        }
    }

    /// Talks and listens until `is_done`; the connection must not end before.
    pub(crate) fn converse(&mut self, is_done: impl Fn(&Replica<Document>) -> bool) {
        loop {
            self.talk();
            if is_done(&self.replica) {
                return;
            }
            let message = self.hear().expect("the region goes on talking");
            assert!(self.take(&message), "it makes sense");
        }
    }
}
