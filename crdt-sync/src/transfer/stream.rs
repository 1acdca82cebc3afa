//! A stream of states, each after its length: as it is sent, and as it arrives.

use alloc::vec::Vec;

use crate::message::Part;

/// So many bits of a length are in a byte …
const BITS: u32 = 7;

/// … whose last says that there is more of it.
const MORE: u8 = 1 << BITS;

/// What is sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stream {
    bytes: Vec<u8>,
    longest: usize,
}

impl Stream {
    pub(super) fn push(&mut self, state: &[u8]) {
        self.longest = self.longest.max(state.len());
        let mut length = state.len() as u64;
        while length >> BITS > 0 {
            self.bytes.push(length.to_le_bytes()[0] | MORE);
            length >>= BITS;
        }
        self.bytes.push(length.to_le_bytes()[0]);
        self.bytes.extend_from_slice(state);
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How long its longest state is.
    pub(crate) const fn longest(&self) -> usize {
        self.longest
    }
}

/// What comes next in a stream.
enum Next<'a> {
    State {
        state: &'a [u8],
        rest: &'a [u8],
    },
    /// So long it will be, if that is there.
    Unfinished(Option<u64>),
    /// No length in its shortest form.
    Nonsense,
}

fn next(mut bytes: &[u8]) -> Next<'_> {
    let (mut length, mut shift) = (0_u64, 0);
    while let Some((byte, rest)) = bytes.split_first() {
        let bits = u64::from(byte & !MORE);
        let is_last = byte & MORE == 0;
        let is_needless = is_last && bits == 0 && shift > 0;
        if is_needless || shift >= u64::BITS || bits << shift >> shift != bits {
            return Next::Nonsense;
        }
        length |= bits << shift;
        if is_last {
            let split = usize::try_from(length).ok().and_then(|at| rest.split_at_checked(at));
            let unfinished = Next::Unfinished(Some(length));
            return split.map_or(unfinished, |(state, rest)| Next::State { state, rest });
        }
        (shift, bytes) = (shift + BITS, rest);
    }
    Next::Unfinished(None)
}

/// Why a part does not fit what it is to be a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// It is part of no stream of states.
    NoStream,
    /// A state in it is so long, which is longer than may be held.
    TooLong(u64),
}

/// What is being received.
#[derive(Debug)]
pub(crate) struct Receiving {
    pub(crate) id: u64,
    total: u64,
    /// So much has arrived, in order.
    pub(crate) offset: u64,
    /// What of it has not been [kept](Receiving::keep) as whole states yet.
    pending: Vec<u8>,
    /// How much of that the last part brought.
    added: usize,
    /// Whether a value in it was refused: then it brings nothing to include.
    pub(crate) is_partial: bool,
}

impl Receiving {
    pub(crate) const fn new(id: u64, total: u64) -> Self {
        Self { id, total, offset: 0, pending: Vec::new(), added: 0, is_partial: false }
    }

    /// Takes in a part, of a stream whose states are at most `most` bytes long: to be
    /// [kept](Receiving::keep), or [taken back](Receiving::take_back). One that is not the next
    /// brings nothing.
    ///
    /// Cost: O(bytes of the part), over all parts of a stream; a long state is not copied for each.
    ///
    /// # Errors
    ///
    /// When it does not fit. Then it is taken back.
    pub(crate) fn add(&mut self, part: &Part, most: usize) -> Result<(), Misfit> {
        let end = part.offset.checked_add(part.bytes.len() as u64);
        let Some(end) = end.filter(|end| part.total == self.total && *end <= self.total) else {
            return Err(Misfit::NoStream);
        };
        if part.offset != self.offset {
            return Ok(());
        }
        self.pending.extend_from_slice(&part.bytes);
        (self.offset, self.added) = (end, part.bytes.len());
        let fits = self.check(most);
        if fits.is_err() {
            self.take_back();
        }
        fits
    }

    fn check(&self, most: usize) -> Result<(), Misfit> {
        let mut bytes = &self.pending[..];
        while !bytes.is_empty() {
            let length = match next(bytes) {
                Next::State { state, rest } => {
                    bytes = rest;
                    Some(state.len() as u64)
                }
                Next::Unfinished(length) => {
                    bytes = &[];
                    if self.is_done() {
                        return Err(Misfit::NoStream);
                    }
                    length
                }
                Next::Nonsense => return Err(Misfit::NoStream),
            };
            if let Some(length) = length.filter(|length| *length > most as u64) {
                return Err(Misfit::TooLong(length));
            }
        }
        Ok(())
    }

    /// The states that are whole now, as bytes.
    pub(crate) fn states(&self) -> impl Iterator<Item = &[u8]> {
        let mut bytes = &self.pending[..];
        core::iter::from_fn(move || {
            let Next::State { state, rest } = next(bytes) else { return None };
            bytes = rest;
            Some(state)
        })
    }

    /// The part that was taken in stays, and its states have been merged.
    pub(crate) fn keep(&mut self) {
        let mut bytes = &self.pending[..];
        while let Next::State { rest, .. } = next(bytes) {
            bytes = rest;
        }
        let done = self.pending.len() - bytes.len();
        self.pending.drain(..done);
        self.added = 0;
    }

    /// The part that was taken in is as if it had never come.
    pub(crate) fn take_back(&mut self) {
        self.pending.truncate(self.pending.len() - self.added);
        self.offset -= self.added as u64;
        self.added = 0;
    }

    pub(crate) const fn is_done(&self) -> bool {
        self.offset == self.total
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::{Misfit, Receiving, Stream};
    use crate::known::Known;
    use crate::message::{Part, Progress};

    fn part(total: usize, offset: usize, bytes: &[u8]) -> Part {
        Part {
            transfer: 1,
            progress: Progress { from: 0, to: 1, session: None },
            known: Known::default(),
            total: total as u64,
            offset: offset as u64,
            bytes: bytes.to_vec(),
        }
    }

    #[test]
    fn states_of_any_length_arrive_as_they_were() {
        let lengths = [0, 1, 127, 128, 16_383, 16_384, 100_000];
        let states: Vec<Vec<u8>> = lengths.iter().map(|length| vec![7; *length]).collect();
        let mut stream = Stream::default();
        for state in &states {
            stream.push(state);
        }
        assert_eq!(stream.longest(), 100_000);
        let bytes = stream.bytes();
        for each in [1, 100, 1_000, 1 << 20] {
            let mut receiving = Receiving::new(1, bytes.len() as u64);
            let mut arrived = Vec::new();
            for (place, bytes) in bytes.chunks(each).enumerate() {
                let part = part(stream.bytes().len(), place * each, bytes);
                // One that is refused for what is in it leaves nothing behind.
                receiving.add(&part, 100_000).expect("fits");
                receiving.take_back();
                receiving.add(&part, 100_000).expect("fits");
                arrived.extend(receiving.states().map(<[u8]>::to_vec));
                receiving.keep();
            }
            assert!(receiving.is_done());
            assert!(arrived == states, "in parts of {each}");
        }
    }

    /// Each part of a long value took a copy of all before it, twice.
    #[test]
    fn a_long_value_was_copied_for_each_of_its_parts() {
        let mut stream = Stream::default();
        stream.push(&vec![7; 1 << 20]);
        let bytes = stream.bytes();
        let mut receiving = Receiving::new(1, bytes.len() as u64);
        let (mut copied, mut parts) = (0, 0);
        for (place, chunk) in bytes.chunks(256).enumerate() {
            let held = (receiving.pending.as_ptr(), receiving.pending.len());
            let part = part(bytes.len(), place * 256, chunk);
            receiving.add(&part, 1 << 20).expect("fits");
            if receiving.pending.as_ptr() != held.0 {
                copied += held.1;
            }
            receiving.keep();
            parts += 1;
        }
        assert!(receiving.is_done());
        assert!(parts > 4_000 && copied < 4 << 20, "{copied} bytes for {parts} parts");
    }

    #[test]
    fn what_is_no_stream_or_too_long_is_refused_at_once_and_leaves_nothing() {
        let refused = |total: usize, bytes: &[u8]| {
            let mut receiving = Receiving::new(1, total as u64);
            let why = receiving.add(&part(total, 0, bytes), 1_000).err();
            assert!(why.is_none() || (receiving.offset == 0 && receiving.pending.is_empty()));
            why
        };
        assert_eq!(refused(3, &[2, 1, 1]), None);
        assert_eq!(refused(3, &[3, 1, 1]), Some(Misfit::NoStream), "it ends too early");
        assert_eq!(refused(2, &[2, 1, 1]), Some(Misfit::NoStream), "it ends too late");
        assert_eq!(refused(9, &[0x80, 0]), Some(Misfit::NoStream), "no shortest form");
        let beyond = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2];
        assert_eq!(refused(99, &beyond), Some(Misfit::NoStream), "more than 64 bits");
        let most = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
        assert_eq!(refused(99, &most), Some(Misfit::TooLong(u64::MAX)));
        assert_eq!(refused(2_000, &[0xe9, 7]), Some(Misfit::TooLong(1_001)), "before it is there");
    }
}
