//! One region, as its supervisor and its peers see it.

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use crdt_core::Wire;
use crdt_node::control::Answer;

/// A region with the name `b`; it ends when its input does.
struct Region {
    child: Child,
    answers: Lines<BufReader<ChildStdout>>,
    address: String,
    _folder: tempfile::TempDir,
}

impl Region {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_crdt-node"));
        command.args(["region", "b"]).arg(folder.path());
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("starts");
        let mut answers = BufReader::new(child.stdout.take().expect("piped")).lines();
        let ready = answers.next().expect("says that it is ready").expect("reads");
        let Ok(Answer::Ready { address, .. }) = ready.parse() else { panic!("{ready}") };
        Self { child, answers, address: address.to_string(), _folder: folder }
    }

    fn ask(&mut self, request: &str) -> Answer {
        let input = self.child.stdin.as_mut().expect("piped");
        writeln!(input, "{request}").expect("writes");
        let answer = self.answers.next().expect("answers").expect("reads");
        answer.parse().expect("is an answer")
    }

    fn greet(&self, name: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).expect("connects");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("can be set");
        let body = name.to_owned().encode();
        let length = u32::try_from(body.len()).expect("short").to_be_bytes();
        stream.write_all(&[&length[..], &[1], &body].concat()).expect("writes");
        stream
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().expect("ends");
    }
}

/// The kind of the next frame; `None` when the connection has ended.
fn next_frame(stream: &mut TcpStream) -> Option<u8> {
    let mut header = [0; 5];
    stream.read_exact(&mut header).ok()?;
    let [a, b, c, d, kind] = header;
    let mut body = vec![0; u32::from_be_bytes([a, b, c, d]) as usize];
    stream.read_exact(&mut body).ok()?;
    Some(kind)
}

const HELLO: u8 = 1;
const DIGEST: u8 = 2;
const DELTA: u8 = 3;

/// Whoever said the name of a peer was taken for it, and the peer's own connection was closed.
#[test]
fn the_place_of_a_peer_that_is_connected_cannot_be_taken_by_saying_its_name() {
    let mut region = Region::start();
    assert_eq!(region.ask("peers a=127.0.0.1:1"), Answer::Done);

    let mut peer = region.greet("a");
    assert_eq!(next_frame(&mut peer), Some(HELLO));
    assert_eq!(next_frame(&mut peer), Some(DIGEST), "it is taken in");
    let mut other = region.greet("a");
    let frames: Vec<_> = std::iter::from_fn(|| next_frame(&mut other)).collect();
    assert!(!frames.contains(&DIGEST), "nobody else is: {frames:?}");

    assert_eq!(region.ask("apply 1 counter x += 1"), Answer::Done);
    assert_eq!(next_frame(&mut peer), Some(DELTA), "the peer hears on");

    drop(peer);
    // It comes again until its end was seen, as who dials does.
    let comes_again = || {
        let mut peer = region.greet("a");
        next_frame(&mut peer) == Some(HELLO) && next_frame(&mut peer) == Some(DIGEST)
    };
    while !comes_again() {}
}
