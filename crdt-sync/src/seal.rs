//! What finds damage, and ties bytes to what they are for.
//!
//! A message, a record and a snapshot all end with the keyed hash of what comes before. The key is
//! that of the connection, or says whether it is a record or a snapshot: so a message of another
//! connection does not pass, nor a record for a snapshot. It is a checksum and no signature.

use alloc::vec::Vec;
use core::hash::Hasher;

use siphasher::sip::SipHasher13;

use crate::Incarnation;

/// How many bytes a seal takes.
pub(crate) const LENGTH: usize = 8;

/// The key of what anybody may read: a greeting, a refusal, a piece.
pub(crate) const ANYBODY: u128 = 0;

/// The key of a record.
pub(crate) const RECORD: u128 = 1;

/// The key of a snapshot.
pub(crate) const SNAPSHOT: u128 = 2;

/// One end of a connection: an opening, and which of its connections that is.
pub(crate) type End = (Incarnation, u32);

/// The key of a connection between two ends, the same at both.
pub(crate) fn session_key(one: End, other: End) -> u128 {
    let name =
        |(incarnation, session): End| u128::from(incarnation.to_bits() ^ u64::from(session) << 32);
    name(one.min(other)) << 64 | name(one.max(other))
}

/// Appends the keyed hash of the bytes: what was damaged, cut short or prolonged, or sealed with
/// another key, is not opened.
pub(crate) fn seal(mut bytes: Vec<u8>, key: u128) -> Vec<u8> {
    let hash = hash(&bytes, key);
    bytes.extend_from_slice(&hash);
    bytes
}

/// What was sealed, if it was so with this key.
pub(crate) fn open(bytes: &[u8], key: u128) -> Option<&[u8]> {
    let (body, seal) = bytes.split_at_checked(bytes.len().checked_sub(LENGTH)?)?;
    (seal == hash(body, key)).then_some(body)
}

/// What bytes are sealed with, as a number.
pub(crate) fn seal_of(sealed: &[u8]) -> u64 {
    sealed.last_chunk::<LENGTH>().map_or(0, |seal| u64::from_le_bytes(*seal))
}

fn hash(bytes: &[u8], key: u128) -> [u8; LENGTH] {
    let mut hasher = SipHasher13::new_with_key(&key.to_le_bytes());
    hasher.write(bytes);
    hasher.finish().to_le_bytes()
}
