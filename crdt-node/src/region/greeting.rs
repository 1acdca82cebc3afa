//! Who is at the other end of a connection.

use std::io::{self, Read};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use super::frame::Frame;

/// The name that the other end says. It has to be said, whole, within `patience`.
pub(super) fn hear(stream: &TcpStream, patience: Duration) -> io::Result<String> {
    Frame::read_greeting(&mut Until { stream, deadline: Instant::now() + patience })
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

    use super::hear;

    #[test]
    fn a_greeting_has_one_deadline_for_all_its_bytes() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let mut drips =
            TcpStream::connect(listener.local_addr().expect("bound")).expect("connects");
        let (stream, _) = listener.accept().expect("connects");
        drips.write_all(&[0]).expect("writes");
        hear(&stream, Duration::from_millis(1)).expect_err("the rest did not come in time");
        drips.write_all(&[0]).expect("writes");
        let late = hear(&stream, Duration::ZERO).expect_err("what comes does not buy time");
        assert_eq!(late.kind(), ErrorKind::TimedOut);
    }
}
