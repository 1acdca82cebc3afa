//! A change that is longer than a message: a stream of states, cut into parts.
//!
//! Each state in the stream is merged as soon as it is whole, so what has arrived of a long one is
//! not lost with the connection; and the receiver counts the stretch of the log as included only
//! when the stream has ended.

mod cut;
mod stream;

pub(crate) use cut::{Lengths, in_pieces, whole};
pub(crate) use stream::{Misfit, Receiving, Stream};

use crate::known::Known;
use crate::message::{Part, Progress};

/// How many parts may be under way at a time.
const WINDOW: u64 = 4;

/// What a part needs at most besides its bytes: the version, the kind, the fields and the seal.
const OVERHEAD: usize = 72;

/// What is being sent.
#[derive(Clone, Debug)]
pub(crate) struct Sending {
    pub(crate) id: u64,
    pub(crate) progress: Progress,
    /// What the sender includes at its end.
    known: Known,
    stream: Stream,
    /// So much has arrived …
    acked: u64,
    /// … and so much is under way.
    sent: u64,
    /// What the receiver said last, where that is less: it may have begun anew.
    behind: Option<u64>,
    /// The record with which it is durable here.
    pub(crate) record: u64,
    /// Whether the host has been told how long its longest state is.
    is_told: bool,
}

impl Sending {
    pub(crate) const fn new(
        id: u64,
        progress: Progress,
        known: Known,
        stream: Stream,
        record: u64,
    ) -> Self {
        Self {
            id,
            progress,
            known,
            stream,
            acked: 0,
            sent: 0,
            behind: None,
            record,
            is_told: false,
        }
    }

    /// How long its longest state is, if that is longer than `most`: told once.
    pub(crate) fn excess(&mut self, most: usize) -> Option<usize> {
        let is_news = !core::mem::replace(&mut self.is_told, true);
        Some(self.stream.longest()).filter(|longest| is_news && *longest > most)
    }

    /// The next part, if one may be sent now: in a message of at most `most` bytes, but for the one
    /// that ends the stream, which also tells what is included then.
    pub(crate) fn next(&mut self, most: usize) -> Option<Part> {
        let bytes = self.stream.bytes();
        let total = bytes.len() as u64;
        let room = most.saturating_sub(OVERHEAD).max(1);
        if self.sent >= total || self.sent >= self.acked + WINDOW * room as u64 {
            return None;
        }
        let offset = self.sent;
        let from = usize::try_from(offset).ok()?;
        let to = bytes.len().min(from + room);
        self.sent = to as u64;
        Some(Part {
            transfer: self.id,
            progress: self.progress.clone(),
            known: if to == bytes.len() { self.known.clone() } else { Known::default() },
            total,
            offset,
            bytes: bytes[from..to].to_vec(),
        })
    }

    /// The receiver has so much of it; tells whether that is news.
    pub(crate) fn acknowledge(&mut self, offset: u64) -> bool {
        if offset == 0 && self.acked > 0 {
            // The receiver has begun anew.
            (self.acked, self.sent) = (0, 0);
        }
        let is_news = offset > self.acked && offset <= self.stream.bytes().len() as u64;
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
        self.acked >= self.stream.bytes().len() as u64
    }
}
