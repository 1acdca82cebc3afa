//! How a state that is too long for one message is cut into states whose join it is.

use alloc::vec::Vec;

use crdt_core::{CausalContext, ContentKey, Dot, Dots, Parts};

use super::Stream;
use crate::Lattice;

/// Into so many pieces a long state is cut at first, and then each of them, so that none is cut out
/// of what is much longer than it.
const BRANCHES: u64 = 16;

/// How long the pieces are, in bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lengths {
    /// Those of a type with dots are about so long, so that what has arrived is of use.
    pub(crate) piece: usize,
    /// None is longer than this, unless it is a single value.
    pub(crate) longest: usize,
}

/// The stream of one change, which is merged all at once unless it is too long for that.
pub(crate) fn whole<S: Lattice>(state: &S, key: ContentKey, lengths: Lengths) -> Stream {
    in_pieces(state, key, Lengths { piece: lengths.longest, ..lengths })
}

/// The stream of a state in pieces. Of types with dots those that are live come first, then what died,
/// so that nobody sees what is gone before what replaces it. Types with parts are cut only where they
/// are too long to be held at once: then what replaces a value may come after it is gone.
///
/// `key` names the parts.
///
/// Cost: O(n) for every factor of sixteen by which the state is longer than a piece, with dots; for
/// every factor of two by which it is longer than the longest, with parts.
pub(crate) fn in_pieces<S: Lattice>(state: &S, key: ContentKey, lengths: Lengths) -> Stream {
    let mut stream = Stream::default();
    let bytes = state.encode();
    match (S::dots(), S::parts()) {
        (Some(dots), _) if bytes.len() > lengths.piece => {
            let (live, seen) = (dots.live(state), dots.seen(state));
            let pieces = bytes.len().div_ceil(lengths.piece.max(1)) as u64;
            let most = live.len().div_ceil(pieces).max(1);
            push_dots(&mut stream, state, dots, &live, (most, lengths.longest));
            let dead = seen.difference(&live);
            if !dead.is_empty() {
                stream.push(&dots.dead(dead).encode());
            }
        }
        (None, Some(parts)) if bytes.len() > lengths.longest => {
            push_parts(&mut stream, state, bytes, (parts, key), (usize::MAX, lengths.longest));
        }
        _ => stream.push(&bytes),
    }
    stream
}

/// The entries of these dots, at most `most` and `longest` bytes at a time.
fn push_dots<S: Lattice>(
    stream: &mut Stream,
    state: &S,
    dots: Dots<S>,
    live: &CausalContext,
    (most, longest): (u64, usize),
) {
    if live.is_empty() {
        return;
    }
    if live.len() <= most {
        let bytes = dots.restrict(state, live).encode();
        if bytes.len() <= longest || live.len() == 1 {
            stream.push(&bytes);
            return;
        }
    }
    let each = live.len().div_ceil(BRANCHES).div_ceil(most).saturating_mul(most);
    let each = if live.len() <= most { live.len().div_ceil(2) } else { each };
    for piece in cut(live, each) {
        push_dots(stream, &dots.restrict(state, &piece), dots, &piece, (most, longest));
    }
}

/// Cuts dots into stretches of so many.
fn cut(dots: &CausalContext, each: u64) -> Vec<CausalContext> {
    let mut pieces = Vec::new();
    let (mut piece, mut dots_in_it) = (CausalContext::new(), 0);
    for replica in dots.replicas() {
        for counter in dots.runs(replica).flatten() {
            piece.extend(Dot::new(replica, counter));
            dots_in_it += 1;
            if dots_in_it == each {
                pieces.push(core::mem::take(&mut piece));
                dots_in_it = 0;
            }
        }
    }
    if !piece.is_empty() {
        pieces.push(piece);
    }
    pieces
}

/// The parts of a state, of which there are fewer than `fewer`, at most `longest` bytes at a time.
fn push_parts<S: Lattice>(
    stream: &mut Stream,
    state: &S,
    bytes: Vec<u8>,
    (parts, key): (Parts<S>, ContentKey),
    (fewer, longest): (usize, usize),
) {
    let mut names = Vec::new();
    if bytes.len() > longest {
        parts.name(state, key, &mut |name| names.push(name));
        names.sort_unstable();
        names.dedup();
    }
    let middle = names.get(names.len() / 2).filter(|_| names.len() > 1 && names.len() < fewer);
    let Some(middle) = middle else {
        stream.push(&bytes);
        return;
    };
    drop(bytes);
    for is_upper in [false, true] {
        let half = parts.take(state, key, &|name| (name >= *middle) == is_upper);
        let bytes = half.encode();
        push_parts(stream, &half, bytes, (parts, key), (names.len(), longest));
    }
}
