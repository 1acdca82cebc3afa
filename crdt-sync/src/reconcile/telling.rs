//! The end that tells its numbers.

use crdt_core::wire::Writer;
use crdt_core::{ContentKey, ReplicaId};

use super::probe::{Tag, begin, write_cells, write_counts};
use super::subject::Subject;
use crate::sketch::{COUNTED, MOST_CELLS, Source};

/// Numbers that take no more bytes than this are told at once.
const SHORT: usize = 512;

/// Fewer cells than this are not asked for; nor fewer than a sixteenth of those that there are.
pub(super) const LEAST_CELLS: usize = 16;

/// What one end tells the other, as far as it has.
#[derive(Debug)]
pub(super) struct Telling {
    pub(super) subject: Subject,
    plain_size: usize,
    /// None once all has been told plainly.
    source: Option<Source>,
}

impl Telling {
    /// Begins to tell, to an end that has so many numbers itself.
    pub(super) fn begin(
        subject: Subject,
        key: ContentKey,
        theirs: u64,
        agreed: &[ReplicaId],
    ) -> (Self, Writer) {
        let plain_size = subject.plain_size();
        let net = usize::try_from(subject.len().abs_diff(theirs)).unwrap_or(usize::MAX);
        let cells = net.saturating_add(net / 4).clamp(COUNTED, MOST_CELLS);
        let mut telling = Self { subject, plain_size, source: None };
        let cells_size = cells * telling.cell_size();
        if plain_size <= SHORT.max(cells_size) || !telling.is_countable() {
            let writer = telling.plainly(key, agreed);
            return (telling, writer);
        }
        let mut source = Source::new(key, telling.subject.numbers());
        let first = source.next_cells(cells);
        telling.source = Some(source);
        let mut writer = begin(Tag::First, agreed);
        telling.announce(key, &mut writer);
        writer.count(cells);
        write_cells(&first, telling.subject.width(), &mut writer);
        write_counts(&first, &mut writer);
        (telling, writer)
    }

    /// The next cells; all numbers where those are shorter. Nothing where so few cells are wanted
    /// that it would take too many rounds.
    pub(super) fn more(
        &mut self,
        cells: usize,
        key: ContentKey,
        agreed: &[ReplicaId],
    ) -> Option<Writer> {
        let cell_size = self.cell_size();
        let source = self.source.as_mut()?;
        if cells < LEAST_CELLS.max(source.made() / 16) {
            return None;
        }
        let all = source.made().saturating_add(cells);
        if all > MOST_CELLS || cells.saturating_mul(cell_size) > self.plain_size {
            return Some(self.plainly(key, agreed));
        }
        let next = source.next_cells(cells);
        let mut writer = begin(Tag::Cells, agreed);
        write_cells(&next, self.subject.width(), &mut writer);
        Some(writer)
    }

    /// All numbers, once.
    pub(super) fn all(&mut self, key: ContentKey, agreed: &[ReplicaId]) -> Option<Writer> {
        self.source.is_some().then(|| self.plainly(key, agreed))
    }

    fn plainly(&mut self, key: ContentKey, agreed: &[ReplicaId]) -> Writer {
        self.source = None;
        let mut writer = begin(Tag::Plain, agreed);
        self.announce(key, &mut writer);
        self.subject.write(&mut writer);
        writer
    }

    fn announce(&self, key: ContentKey, writer: &mut Writer) {
        writer.varint(self.subject.len());
        writer.raw(&self.subject.hash(key).to_le_bytes());
    }

    fn cell_size(&self) -> usize {
        self.subject.width() + 4
    }

    /// Whether there are few enough numbers to choose from that each has one of its own.
    const fn is_countable(&self) -> bool {
        matches!(self.subject, Subject::Names(_)) || self.subject.greatest() < 1 << 62
    }
}
