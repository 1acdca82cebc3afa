//! Which bytes are a whole commit.
//!
//! A frame is the length of its body in four bytes, four that vouch for the length, eight that vouch
//! for the body, and the body. What vouches is keyed with the file and the place in it: what stands
//! somewhere else than where it was written is no frame.

use crdt_core::ContentKey;

/// The length of what stands before the body.
pub(super) const HEADER: usize = 16;

/// Which file a frame belongs to: a snapshot …
pub(super) const SNAPSHOT: u64 = u64::MAX;
/// … or the log of this number, of which there are fewer.
pub(super) const fn log(number: u64) -> u64 {
    number
}

/// The frame of a body that is to stand at this place.
///
/// A body beyond four gigabytes says the wrong length, and so is never taken for a whole one; the
/// states of a demonstration are not that long.
pub(super) fn seal(file: u64, place: u64, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
    let key = key(file, place);
    let mut frame = Vec::with_capacity(HEADER + body.len());
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(&vouch_for_length(key, length));
    frame.extend_from_slice(&vouch_for_body(key, body));
    frame.extend_from_slice(body);
    frame
}

/// The body of the frame at the start of `bytes`, which stand at this place; `None` when there is no
/// whole one.
pub(super) fn open(file: u64, place: u64, bytes: &[u8]) -> Option<&[u8]> {
    let (header, rest) = bytes.split_first_chunk::<HEADER>()?;
    let (length, header) = header.split_first_chunk::<4>()?;
    let (of_length, of_body) = header.split_first_chunk::<4>()?;
    let (key, length) = (key(file, place), u32::from_be_bytes(*length));
    if vouch_for_length(key, length) != *of_length {
        return None;
    }
    let body = rest.get(..usize::try_from(length).ok()?)?;
    (vouch_for_body(key, body) == of_body).then_some(body)
}

fn key(file: u64, place: u64) -> ContentKey {
    ContentKey::from_u128(u128::from(file) << 64 | u128::from(place))
}

/// By it alone most places can be seen to hold no frame, without a look at what would be its body.
fn vouch_for_length(key: ContentKey, length: u32) -> [u8; 4] {
    let [.., a, b, c, d] = key.word(length.into()).to_be_bytes();
    [a, b, c, d]
}

fn vouch_for_body(key: ContentKey, body: &[u8]) -> [u8; 8] {
    key.name(|writer| writer.raw(body)).to_be_bytes()
}
