//! What is no message is refused: cut short, prolonged or altered, nothing is decoded but what
//! encoding would have written.

use alloc::vec::Vec;
use core::ops::Range;

use quickcheck::{Arbitrary, Gen};

use crate::Wire;
use crate::laws::Law;
use crate::laws::failure::Violation;
use crate::laws::random::below;

/// So many alterations of each kind are made, and, of a long message, so many prefixes tried.
const TRIED: usize = 24;

/// So many bytes are put in or taken out at most.
const MOST_BYTES: usize = 16;

const ALTERATIONS: [fn(&mut Vec<u8>, &mut Gen); 4] =
    [|bytes, generator| change(bytes, generator), put_in, take_out, repeat];

/// Tampers with the bytes of a message; `shown` adds to the evidence what was decoded all the same.
pub(super) fn check<T: Wire>(
    message: &[u8],
    generator: &mut Gen,
    shown: impl Fn(Violation, &T) -> Violation,
) -> Result<(), Violation> {
    let violation = |law, bytes: &[u8], decoded: &T| {
        shown(Violation::of(law).with("message", &message).with("bytes", &bytes), decoded)
    };
    let refused = |law, bytes: &[u8]| match T::decode(bytes) {
        Ok(decoded) => Err(violation(law, bytes, &decoded)),
        Err(_) => Ok(()),
    };
    for length in prefixes(message.len(), generator) {
        refused(Law::Truncation, &message[..length])?;
    }
    for further in 1..=MOST_BYTES {
        let mut bytes = message.to_vec();
        bytes.extend(filling(message, further, generator));
        refused(Law::TrailingBytes, &bytes)?;
    }
    for _ in 0..TRIED {
        for alter in ALTERATIONS {
            let mut bytes = message.to_vec();
            alter(&mut bytes, generator);
            let Ok(decoded) = T::decode(&bytes) else { continue };
            let again = decoded.encode();
            if again != bytes {
                return Err(violation(Law::OnlyCanonicalBytes, &bytes, &decoded)
                    .with("which encodes to", &again));
            }
        }
    }
    Ok(())
}

fn prefixes(all: usize, generator: &mut Gen) -> Vec<usize> {
    if all <= 4 * TRIED {
        (0..all).collect()
    } else {
        (0..TRIED).map(|_| below(generator, all)).collect()
    }
}

/// Small steps hit counts and tags, single bits hit everything else.
fn change(bytes: &mut [u8], generator: &mut Gen) {
    let place = below(generator, bytes.len());
    if let Some(byte) = bytes.get_mut(place) {
        *byte = match below(generator, 4) {
            0 => byte.wrapping_add(1),
            1 => byte.wrapping_sub(1),
            _ => *byte ^ 1 << below(generator, 8),
        };
    }
}

fn put_in(bytes: &mut Vec<u8>, generator: &mut Gen) {
    let place = below(generator, bytes.len() + 1);
    let length = 1 + below(generator, MOST_BYTES);
    let filling = filling(bytes, length, generator);
    bytes.splice(place..place, filling);
}

fn take_out(bytes: &mut Vec<u8>, generator: &mut Gen) {
    let slice = slice(bytes, generator);
    bytes.drain(slice);
}

/// Repeats a slice where it stands.
fn repeat(bytes: &mut Vec<u8>, generator: &mut Gen) {
    let slice = slice(bytes, generator);
    let copy = bytes[slice.clone()].to_vec();
    bytes.splice(slice.end..slice.end, copy);
}

fn slice(bytes: &[u8], generator: &mut Gen) -> Range<usize> {
    let start = below(generator, bytes.len());
    let length = 1 + below(generator, MOST_BYTES);
    start..(start + length).min(bytes.len())
}

/// So many bytes: zeros, ones, any, or those that a part of the message begins with, over and over.
fn filling(message: &[u8], length: usize, generator: &mut Gen) -> Vec<u8> {
    match below(generator, 4) {
        0 => alloc::vec![0; length],
        1 => alloc::vec![1; length],
        2 => (0..length).map(|_| u8::arbitrary(generator)).collect(),
        _ => {
            let start = below(generator, message.len());
            message[start..].iter().copied().cycle().take(length).collect()
        }
    }
}
