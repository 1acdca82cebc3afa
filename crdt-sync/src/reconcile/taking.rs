//! The end that finds out what differs.

use crdt_core::ContentKey;
use crdt_core::wire::Reader;

use super::ProbeError;
use super::probe::{Tag, read_cells, read_counts};
use super::subject::{Difference, Subject};
use super::telling::LEAST_CELLS;
use crate::sketch::{Decoder, MOST_CELLS};

/// What one end has been told by the other.
#[derive(Debug)]
pub(super) struct Taking {
    pub(super) subject: Subject,
    plain_size: usize,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// Nothing yet.
    New,
    /// Cells, of a set with this hash; so many more were asked for.
    Cells { decoder: Decoder, hash: u128, asked: usize },
    /// All numbers were asked for.
    Plain,
}

/// What comes of a probe.
pub(super) enum Taken {
    /// This differs, verified by the hash.
    All(Difference),
    /// Wants so many cells more.
    More(usize),
    /// Wants all numbers.
    Plainly,
}

impl Taking {
    pub(super) fn new(subject: Subject) -> Self {
        let plain_size = subject.plain_size();
        Self { subject, plain_size, stage: Stage::New }
    }

    /// Takes what the other end tells.
    pub(super) fn take(
        &mut self,
        tag: Tag,
        mut reader: Reader<'_>,
        key: ContentKey,
    ) -> Result<Taken, ProbeError> {
        match (tag, &mut self.stage) {
            (Tag::Plain, _) => {
                let (_, hash) = announced(&mut reader)?;
                let difference = self.subject.read(&mut reader)?;
                reader.finish()?;
                if self.subject.hash_of_other(&difference, key) != hash {
                    return Err(ProbeError::Inconsistent);
                }
                Ok(Taken::All(difference))
            }
            (Tag::First, Stage::New) => {
                let (_, hash) = announced(&mut reader)?;
                let count = reader.length()?;
                if count > MOST_CELLS {
                    return Err(ProbeError::Unexpected);
                }
                let mut cells = read_cells(count, self.subject.width(), &mut reader)?;
                read_counts(&mut cells, &mut reader)?;
                reader.finish()?;
                let (numbers, greatest) = (self.subject.numbers(), self.subject.greatest());
                let mut decoder = Decoder::new(key, numbers, greatest);
                decoder.take(cells);
                Ok(self.decode(decoder, hash, key))
            }
            (Tag::Cells, Stage::Cells { asked, .. }) => {
                let cells = read_cells(*asked, self.subject.width(), &mut reader)?;
                reader.finish()?;
                let Stage::Cells { mut decoder, hash, .. } =
                    core::mem::replace(&mut self.stage, Stage::Plain)
                else {
                    return Err(ProbeError::Unexpected);
                };
                decoder.take(cells);
                Ok(self.decode(decoder, hash, key))
            }
            _ => Err(ProbeError::Unexpected),
        }
    }

    fn decode(&mut self, decoder: Decoder, hash: u128, key: ContentKey) -> Taken {
        self.stage = Stage::Plain;
        if decoder.is_done() {
            let difference = self.subject.split(decoder.found());
            let is_right = self.subject.hash_of_other(&difference, key) == hash;
            return if is_right { Taken::All(difference) } else { Taken::Plainly };
        }
        let asked = wanted(decoder.taken(), decoder.estimate());
        let is_cheaper = asked.saturating_mul(self.subject.width() + 4) < self.plain_size;
        if is_cheaper && decoder.taken() + asked <= MOST_CELLS {
            self.stage = Stage::Cells { decoder, hash, asked };
            Taken::More(asked)
        } else {
            Taken::Plainly
        }
    }
}

/// How many cells more are worth asking for: somewhat fewer than are likely to be enough where that
/// is far off, for the estimate may be too high; then a seventh of what there is, again and again:
/// each costs the links a round.
fn wanted(taken: usize, estimate: u64) -> usize {
    let likely = usize::try_from(estimate.saturating_add(estimate / 5)).unwrap_or(MOST_CELLS);
    likely.saturating_sub(taken).max(taken / 7).clamp(LEAST_CELLS, MOST_CELLS)
}

/// How many numbers there are at the other end, and the hash of all of them.
fn announced(reader: &mut Reader<'_>) -> Result<(u64, u128), ProbeError> {
    Ok((reader.varint()?, u128::from_le_bytes(reader.array()?)))
}
