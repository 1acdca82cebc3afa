//! A message that is too long: cut into pieces, and put together again.
//!
//! What tells the openings of a fleet apart grows with them, and what a comparison says with what
//! differs; a transport's longest message does not. So whatever a frame turns out to be, it travels
//! in pieces if it has to. A piece says nothing but which message it is of, by the seal of that,
//! and which piece. A lost one is not asked for: what is not answered is sent again, and the same
//! message has the same pieces, which complete what has arrived.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crdt_core::wire::Wire;

use crate::message::{Frame, Piece};
use crate::seal;
use crate::sorted::SortedMap;

/// What a piece takes beside its bytes: the version, the kind, the fields and the seal.
const OVERHEAD: usize = 40;

/// So many messages are put together at a time; the one that was added to longest ago goes first.
const MOST: usize = 4;

/// What a piece that waits takes beside its bytes, at most.
const HELD: usize = 64;

/// A message that is being sent in pieces.
#[derive(Clone, Debug)]
pub(crate) struct Cut {
    whole: Vec<u8>,
    of: u64,
    each: usize,
    next: u64,
}

impl Cut {
    /// Cuts a sealed message into messages of at most `most` bytes.
    pub(crate) fn new(whole: Vec<u8>, most: usize) -> Self {
        let of = seal::seal_of(&whole);
        Self { whole, of, each: most.saturating_sub(OVERHEAD).max(1), next: 0 }
    }
}

impl Iterator for Cut {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let begins = usize::try_from(self.next).ok()?.checked_mul(self.each)?;
        let rest = self.whole.get(begins..).filter(|rest| !rest.is_empty())?;
        let bytes = rest[..rest.len().min(self.each)].to_vec();
        let count = self.whole.len().div_ceil(self.each) as u64;
        let piece = Piece { of: self.of, number: self.next, count, bytes };
        self.next += 1;
        Some(seal::seal(Frame::Piece(piece).encode(), seal::ANYBODY))
    }
}

/// One message of which not all pieces are there.
#[derive(Clone, Debug)]
struct Partial {
    of: (u64, u64),
    arrived: SortedMap<u64, Vec<u8>>,
    held: usize,
}

/// The messages of which not all pieces are there, the one that was added to last at the end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pieces(VecDeque<Partial>);

impl Pieces {
    /// Takes in a piece; returns the message when it is whole. All that waits is held to `most`
    /// bytes: `Err` with its length when one message would take more.
    pub(crate) fn take(&mut self, piece: Piece, most: usize) -> Result<Option<Vec<u8>>, usize> {
        let of = (piece.of, piece.count);
        let place = self.0.iter().position(|partial| partial.of == of);
        let partial = place.and_then(|place| self.0.remove(place));
        let mut partial = partial.unwrap_or(Partial { of, arrived: SortedMap::default(), held: 0 });
        if !partial.arrived.contains_key(&piece.number) {
            partial.held += piece.bytes.len() + HELD;
            partial.arrived.insert(piece.number, piece.bytes);
        }
        if partial.held > most {
            return Err(partial.held);
        }
        if partial.arrived.len() as u64 == piece.count {
            let pieces: Vec<_> = partial.arrived.values().map(Vec::as_slice).collect();
            return Ok(Some(pieces.concat()));
        }
        self.0.push_back(partial);
        while self.0.len() > MOST || self.0.iter().map(|partial| partial.held).sum::<usize>() > most
        {
            self.0.pop_front();
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use crdt_core::wire::Wire;

    use super::{Cut, MOST, Pieces};
    use crate::message::{Frame, Piece};
    use crate::seal;

    /// A message of so many bytes, sealed.
    fn sealed(length: usize, byte: u8) -> Vec<u8> {
        seal::seal(vec![byte; length], 7)
    }

    fn pieces_of(whole: &[u8], most: usize) -> Vec<Piece> {
        let read = |bytes: Vec<u8>| {
            assert!(bytes.len() <= most, "{} of {most}", bytes.len());
            let body = seal::open(&bytes, seal::ANYBODY).expect("sealed for anybody");
            let Ok(Frame::Piece(piece)) = Frame::decode(body) else { panic!("a piece") };
            piece
        };
        Cut::new(whole.to_vec(), most).map(read).collect()
    }

    #[test]
    fn a_message_is_put_together_in_any_order_and_from_repetitions() {
        for length in [1_016, 1_017, 5_000] {
            let whole = sealed(length, 1);
            let pieces = pieces_of(&whole, 1_024);
            let (mut held, last) = (Pieces::default(), pieces.len() - 1);
            for piece in pieces[..last].iter().rev().chain(&pieces[..last]) {
                assert_eq!(held.take(piece.clone(), 1 << 20), Ok(None));
            }
            assert_eq!(held.take(pieces[last].clone(), 1 << 20), Ok(Some(whole)));
            assert!(held.0.is_empty());
        }
    }

    #[test]
    fn messages_that_cross_do_not_spoil_each_other() {
        let (one, other) = (sealed(5_000, 1), sealed(5_000, 2));
        let mut held = Pieces::default();
        let each = pieces_of(&one, 1_024).into_iter().zip(pieces_of(&other, 1_024));
        let whole = each.flat_map(|(one, other)| [one, other]);
        let whole: Vec<_> = whole.filter_map(|piece| held.take(piece, 1 << 20).ok()?).collect();
        assert_eq!(whole, [one, other]);
    }

    #[test]
    fn what_waits_is_bounded_in_messages_and_bytes() {
        let mut held = Pieces::default();
        for byte in 0..20 {
            let first = pieces_of(&sealed(5_000, byte), 1_024).remove(0);
            assert_eq!(held.take(first, 1 << 20), Ok(None));
            assert!(held.0.len() <= MOST);
        }
        // Of pieces that hold next to nothing, too.
        let piece = |number| Piece { of: 1, number, count: u64::MAX, bytes: vec![0] };
        let refused = (0..200_000).find_map(|number| held.take(piece(number), 10_000).err());
        assert!(refused.is_some_and(|held| held < 11_000), "{refused:?}");
        assert!(held.0.iter().map(|partial| partial.held).sum::<usize>() <= 10_000);
    }
}
