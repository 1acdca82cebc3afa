//! A change that is longer than a message: a stream of states, cut into parts.
//!
//! Each state in the stream is merged as soon as it is whole, so what has arrived of a long one is
//! not lost with the connection; and the receiver counts the stretch of the log as included only
//! when the stream has ended.

use alloc::vec::Vec;

use crdt_core::CausalContext;
use crdt_core::wire::Wire;

use crate::Lattice;
use crate::known::Known;
use crate::message::{Part, Progress};

/// How many parts may be under way at a time.
const WINDOW: u64 = 4;

/// What a part needs at most besides its bytes: the version, the kind, the fields and the seal.
const OVERHEAD: usize = 72;

/// How many bytes of a stream tell how long the next state is.
const PREFIX: usize = 4;

/// What is being sent.
#[derive(Clone, Debug)]
pub(crate) struct Sending {
    pub(crate) id: u64,
    pub(crate) progress: Progress,
    /// What the sender includes at its end.
    known: Known,
    stream: Vec<u8>,
    /// So much has arrived …
    acked: u64,
    /// … and so much is under way.
    sent: u64,
    /// What the receiver said last, where that is less: it may have begun anew.
    behind: Option<u64>,
    /// The record with which it is durable here.
    pub(crate) record: u64,
}

impl Sending {
    pub(crate) fn new(
        id: u64,
        progress: Progress,
        known: Known,
        stream: Vec<u8>,
        record: u64,
    ) -> Self {
        Self { id, progress, known, stream, acked: 0, sent: 0, behind: None, record }
    }

    /// The next part, if one may be sent now: in a message of at most `most` bytes, but for the one
    /// that ends the stream, which also tells what is included then.
    pub(crate) fn next(&mut self, most: usize) -> Option<Part> {
        let total = self.stream.len() as u64;
        let room = most.saturating_sub(OVERHEAD).max(1);
        if self.sent >= total || self.sent >= self.acked + WINDOW * room as u64 {
            return None;
        }
        let offset = self.sent;
        let from = usize::try_from(offset).ok()?;
        let to = self.stream.len().min(from + room);
        self.sent = to as u64;
        Some(Part {
            transfer: self.id,
            progress: self.progress.clone(),
            known: if to == self.stream.len() { self.known.clone() } else { Known::default() },
            total,
            offset,
            bytes: self.stream[from..to].to_vec(),
        })
    }

    /// The receiver has so much of it; tells whether that is news.
    pub(crate) fn acknowledge(&mut self, offset: u64) -> bool {
        if offset == 0 && self.acked > 0 {
            // The receiver has begun anew.
            (self.acked, self.sent) = (0, 0);
        }
        let is_news = offset > self.acked && offset <= self.stream.len() as u64;
        self.behind = (offset < self.acked).then_some(offset);
        if is_news {
            self.acked = offset;
            self.sent = self.sent.max(offset);
        }
        is_news
    }

    /// Goes back to what has arrived.
    pub(crate) fn resend(&mut self) {
        self.acked = self.behind.take().unwrap_or(self.acked);
        self.sent = self.acked;
    }

    pub(crate) fn is_done(&self) -> bool {
        self.acked >= self.stream.len() as u64
    }
}

/// What is being received.
#[derive(Clone, Debug)]
pub(crate) struct Receiving {
    pub(crate) id: u64,
    total: u64,
    /// So much has arrived, in order.
    pub(crate) offset: u64,
    /// What of it is no whole state yet.
    pending: Vec<u8>,
    /// Whether a value in it was refused: then it brings nothing to include.
    pub(crate) is_partial: bool,
}

impl Receiving {
    pub(crate) const fn new(id: u64, total: u64) -> Self {
        Self { id, total, offset: 0, pending: Vec::new(), is_partial: false }
    }

    /// Takes in a part; returns the states that it completes, as bytes. `None` when the stream is no
    /// such stream. A part that is not the next one changes nothing.
    pub(crate) fn take(&mut self, part: &Part) -> Option<Vec<Vec<u8>>> {
        if part.total != self.total
            || part.offset.checked_add(part.bytes.len() as u64)? > self.total
        {
            return None;
        }
        if part.offset != self.offset {
            return Some(Vec::new());
        }
        let mut pending = self.pending.clone();
        pending.extend_from_slice(&part.bytes);
        let mut states = Vec::new();
        let mut begun = 0;
        while let Some((length, rest)) = pending[begun..].split_first_chunk::<PREFIX>() {
            let length = usize::try_from(u32::from_le_bytes(*length)).unwrap_or(usize::MAX);
            let Some(state) = rest.get(..length) else { break };
            states.push(state.to_vec());
            begun += PREFIX + length;
        }
        pending.drain(..begun);
        let offset = part.offset + part.bytes.len() as u64;
        if offset == self.total && !pending.is_empty() {
            return None;
        }
        (self.pending, self.offset) = (pending, offset);
        Some(states)
    }

    /// How many bytes are held.
    pub(crate) const fn held(&self) -> usize {
        self.pending.len()
    }

    pub(crate) const fn is_done(&self) -> bool {
        self.offset == self.total
    }
}

/// The stream of one state, which is merged all at once.
pub(crate) fn whole<S: Wire>(state: &S) -> Vec<u8> {
    let mut stream = Vec::new();
    append(&mut stream, &state.encode());
    stream
}

/// The stream of a state in pieces of `most` bytes or so, for types that can be cut up: those that
/// are live first, then what died, so that nobody sees what is gone before what replaces it.
pub(crate) fn in_pieces<S: Lattice>(state: &S, most: usize) -> Vec<u8> {
    let bytes = state.encode();
    let Some(dots) = S::dots().filter(|_| bytes.len() > most) else {
        let mut stream = Vec::new();
        append(&mut stream, &bytes);
        return stream;
    };
    let live = dots.live(state);
    let pieces = bytes.len().div_ceil(most.max(1)) as u64;
    let each = live.len().div_ceil(pieces).max(1);
    let mut stream = Vec::new();
    let (mut piece, mut dots_in_it) = (CausalContext::new(), 0);
    for replica in live.replicas() {
        for run in live.runs(replica) {
            for counter in run {
                let dot = crdt_core::Dot::new(replica, counter);
                piece.extend(dot);
                dots_in_it += 1;
                if dots_in_it == each {
                    append(&mut stream, &dots.restrict(state, &piece).encode());
                    (piece, dots_in_it) = (CausalContext::new(), 0);
                }
            }
        }
    }
    if !piece.is_empty() {
        append(&mut stream, &dots.restrict(state, &piece).encode());
    }
    let dead = dots.seen(state).difference(&live);
    if !dead.is_empty() {
        append(&mut stream, &dots.dead(dead).encode());
    }
    stream
}

fn append(stream: &mut Vec<u8>, state: &[u8]) {
    let length = u32::try_from(state.len()).unwrap_or(u32::MAX);
    stream.extend_from_slice(&length.to_le_bytes());
    stream.extend_from_slice(state);
}
