//! Who is at the other end of a connection: the first frame in each direction is the run that a
//! region belongs to, and its name.
//!
//! The port of a region that was killed may go to one of the same name in another run, while its peers
//! still dial it. The run tells the two apart.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crdt_core::wire::Wire;

use super::frame;

/// The longest greeting: a run and a name, and nothing from which anybody could be made to hold much who does
/// not know yet who speaks.
const LONGEST: usize = 256;

/// Says the run and the name of a region; returns the bytes sent.
pub(super) fn say(stream: &mut impl Write, run: &str, region: &str) -> io::Result<u64> {
    frame::write(stream, &(run.to_owned(), region.to_owned()).encode())
}

/// The name that the other end says. It has to be said, whole, within `patience`, and by a region of
/// the same run.
pub(super) fn hear(stream: &TcpStream, run: &str, patience: Duration) -> io::Result<String> {
    read(&mut Until { stream, deadline: Instant::now() + patience }, run)
}

fn read(stream: &mut impl Read, run: &str) -> io::Result<String> {
    let invalid = |error| io::Error::new(io::ErrorKind::InvalidData, error);
    let (its_run, name) =
        <(String, String)>::decode(&frame::read(stream, LONGEST)?).map_err(invalid)?;
    if its_run == run { Ok(name) } else { Err(io::ErrorKind::ConnectionRefused.into()) }
}

/// Reads from a connection up to one moment, however often something arrives.
struct Until<'a> {
    stream: &'a TcpStream,
    deadline: Instant,
}

impl Read for Until<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.stream.set_read_timeout(Some(left))?;
        self.stream.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{ErrorKind, Write};
    use std::net::{Ipv4Addr, TcpListener, TcpStream};
    use std::time::Duration;

    use super::{LONGEST, hear, read, say};

    #[test]
    fn a_greeting_of_megabytes_is_refused_by_its_length() {
        let mut bytes = Vec::new();
        say(&mut bytes, "run", "eu-west").expect("writes");
        assert_eq!(read(&mut bytes.as_slice(), "run").expect("reads"), "eu-west");
        let mut bytes = Vec::new();
        say(&mut bytes, "run", &"x".repeat(1 << 20)).expect("writes");
        let refused = read(&mut bytes.as_slice(), "run").expect_err("must be refused").to_string();
        assert!(refused.ends_with(&format!("is longer than {LONGEST}")), "{refused}");
    }

    #[test]
    fn a_greeting_has_one_deadline_for_all_its_bytes() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let mut drips =
            TcpStream::connect(listener.local_addr().expect("bound")).expect("connects");
        let (stream, _) = listener.accept().expect("connects");
        drips.write_all(&[0]).expect("writes");
        hear(&stream, "run", Duration::from_millis(1)).expect_err("the rest did not come in time");
        drips.write_all(&[0]).expect("writes");
        let late = hear(&stream, "run", Duration::ZERO).expect_err("what comes does not buy time");
        assert_eq!(late.kind(), ErrorKind::TimedOut);
    }
}
