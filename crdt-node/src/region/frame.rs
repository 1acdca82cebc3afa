//! How messages are told apart on a connection: each is preceded by its length in four bytes, most
//! significant first.

use std::io::{self, Read, Write};

/// Writes one frame; returns its length.
pub(super) fn write(stream: &mut impl Write, body: &[u8]) -> io::Result<u64> {
    let length = u32::try_from(body.len()).map_err(io::Error::other)?;
    let frame = [&length.to_be_bytes(), body].concat();
    stream.write_all(&frame)?;
    Ok(frame.len() as u64)
}

/// Reads one frame. Memory grows with what arrives, not with what the length promises.
pub(super) fn read(stream: &mut impl Read, longest: usize) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    if length as usize > longest {
        let problem = format!("a frame of {length} bytes is longer than {longest}");
        return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
    }
    let mut body = Vec::new();
    if stream.take(length.into()).read_to_end(&mut body)? < length as usize {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::{read, write};

    #[test]
    fn a_frame_reads_back_and_one_that_ends_early_does_not() {
        let mut bytes = Vec::new();
        assert_eq!(write(&mut bytes, b"body").expect("writes"), 8);
        assert_eq!(read(&mut bytes.as_slice(), 4).expect("reads"), b"body");
        for end in 0..bytes.len() {
            assert!(read(&mut &bytes[..end], 4).is_err(), "cut at {end}");
        }
    }

    #[test]
    fn a_frame_beyond_the_limit_is_refused_by_its_length() {
        let bytes = [&[255; 4][..], &[0; 100]].concat();
        let mut rest = bytes.as_slice();
        let refused = read(&mut rest, 3).expect_err("must be refused").to_string();
        assert_eq!(refused, format!("a frame of {} bytes is longer than 3", u32::MAX));
        assert_eq!(rest.len(), 100, "nothing but the length was read");
    }
}
