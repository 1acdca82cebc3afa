//! What travels between two regions.
//!
//! A frame is the length of what follows in four bytes, most significant first; one byte that
//! tells its kind; and its body, a canonical message of the family.

use std::io::{self, Read, Write};

use crdt_core::Delta;
use crdt_core::wire::{Budget, Wire};

use crate::state::State;

/// The longest body. A state above it would need chunks, which this protocol has not.
pub(super) const MAX_BODY: usize = 16 << 20;

/// The longest body of a greeting: a name, and nothing from which anybody could be made to hold much
/// who does not know yet who speaks.
const MAX_GREETING: usize = 256;

/// What a state tells a peer, so that the peer can send what is missing.
pub(super) type Digest = <State as Delta>::Digest;

/// One message to a peer.
pub(super) enum Frame {
    /// The first in each direction: my region's name.
    Hello(String),
    /// What I hold: send me what I lack.
    Digest(Box<Digest>),
    /// A change, or what you lacked.
    Delta(Box<State>),
}

impl Frame {
    const HELLO: u8 = 1;
    const DIGEST: u8 = 2;
    const DELTA: u8 = 3;

    /// The bytes of the whole frame.
    pub(super) fn to_bytes(&self) -> io::Result<Vec<u8>> {
        let (kind, body) = match self {
            Self::Hello(region) => (Self::HELLO, region.encode()),
            Self::Digest(digest) => (Self::DIGEST, digest.encode()),
            Self::Delta(delta) => (Self::DELTA, delta.encode()),
        };
        let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= MAX_BODY);
        let length = length.ok_or_else(|| too_long(body.len(), MAX_BODY))?;
        let mut bytes = Vec::with_capacity(5 + body.len());
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.push(kind);
        bytes.extend_from_slice(&body);
        Ok(bytes)
    }

    /// Reads one frame. Memory grows with what arrives, not with what the length promises.
    pub(super) fn read_from(stream: &mut impl Read) -> io::Result<Self> {
        Self::read_within(stream, MAX_BODY)
    }

    /// Reads the first frame of a connection: the name of the region at its other end.
    pub(super) fn read_greeting(stream: &mut impl Read) -> io::Result<String> {
        match Self::read_within(stream, MAX_GREETING)? {
            Self::Hello(region) => Ok(region),
            _ => Err(invalid("the first frame is no greeting")),
        }
    }

    fn read_within(stream: &mut impl Read, longest: usize) -> io::Result<Self> {
        let mut header = [0; 5];
        stream.read_exact(&mut header)?;
        let [a, b, c, d, kind] = header;
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        if length > longest {
            return Err(too_long(length, longest));
        }
        let mut body = Vec::new();
        if stream.take(length as u64).read_to_end(&mut body)? < length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match kind {
            Self::HELLO => Ok(Self::Hello(decode(&body)?)),
            Self::DIGEST => Ok(Self::Digest(Box::new(decode(&body)?))),
            Self::DELTA => Ok(Self::Delta(Box::new(decode(&body)?))),
            other => Err(invalid(format!("a frame of kind {other} has no meaning"))),
        }
    }

    /// Writes the whole frame; returns its length.
    pub(super) fn write_to(&self, stream: &mut impl Write) -> io::Result<u64> {
        let bytes = self.to_bytes()?;
        stream.write_all(&bytes)?;
        Ok(bytes.len() as u64)
    }
}

fn decode<T: Wire>(body: &[u8]) -> io::Result<T> {
    T::decode_within(body, &Budget::default().with_bytes(MAX_BODY)).map_err(invalid)
}

fn too_long(length: usize, longest: usize) -> io::Error {
    invalid(format!("a frame of {length} bytes is longer than {longest}"))
}

fn invalid(problem: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

#[cfg(test)]
mod tests {
    use crdt_core::{Delta, ReplicaId, Timestamp};

    use super::{Frame, MAX_BODY, MAX_GREETING};
    use crate::operations::parse_operation;
    use crate::state::{Author, State, apply};

    fn frames() -> [Frame; 3] {
        let mut state = State::default();
        let author = Author { replica: ReplicaId::from_u128(1), timestamp: Timestamp::MIN };
        let operation = parse_operation("mv address = here").expect("reads");
        let delta = apply(&mut state, author, operation).expect("applies");
        [
            Frame::Hello("eu-west".into()),
            Frame::Digest(Box::new(state.digest())),
            Frame::Delta(Box::new(delta)),
        ]
    }

    #[test]
    fn every_frame_reads_back_to_the_same_bytes() {
        for frame in frames() {
            let bytes = frame.to_bytes().expect("short");
            let read = Frame::read_from(&mut bytes.as_slice()).expect("reads");
            assert_eq!(read.to_bytes().expect("short"), bytes);
        }
    }

    #[test]
    fn a_frame_that_ends_early_or_says_more_is_refused() {
        for frame in frames() {
            let bytes = frame.to_bytes().expect("short");
            for end in 0..bytes.len() {
                assert!(Frame::read_from(&mut &bytes[..end]).is_err(), "cut at {end}");
            }
            let mut longer = bytes.clone();
            longer.push(0);
            longer[3] += 1;
            assert!(Frame::read_from(&mut longer.as_slice()).is_err(), "a byte follows the body");
        }
    }

    #[test]
    fn an_unknown_kind_and_a_length_beyond_the_limit_are_refused_by_name() {
        let refused = |bytes: &[u8]| match Frame::read_from(&mut &*bytes) {
            Ok(_) => panic!("must be refused"),
            Err(error) => error.to_string(),
        };
        assert_eq!(refused(&[0, 0, 0, 0, 9]), "a frame of kind 9 has no meaning");
        let says = format!("a frame of {} bytes is longer than {MAX_BODY}", u32::MAX);
        assert_eq!(refused(&[255, 255, 255, 255, 3]), says);
    }

    #[test]
    fn a_greeting_of_megabytes_is_refused_by_its_length() {
        let name = "x".repeat(32);
        let bytes = Frame::Hello(name.clone()).to_bytes().expect("short");
        assert_eq!(Frame::read_greeting(&mut bytes.as_slice()).expect("reads"), name);
        let bytes = Frame::Hello("x".repeat(1 << 20)).to_bytes().expect("below the limit");
        let mut rest = bytes.as_slice();
        let refused = Frame::read_greeting(&mut rest).expect_err("must be refused").to_string();
        assert!(refused.ends_with(&format!("is longer than {MAX_GREETING}")), "{refused}");
        assert_eq!(rest.len(), bytes.len() - 5, "nothing but the header was read");
    }
}
