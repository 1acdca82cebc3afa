//! The bytes of totals: the number of rows, their ids ascending, then column by column the totals
//! as varints.

use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Writer};

use super::Tallies;

impl<const COLUMNS: usize> Tallies<COLUMNS> {
    pub(crate) fn write_to(&self, writer: &mut Writer) {
        writer.count(self.ids.len());
        for id in &self.ids {
            writer.replica(*id);
        }
        for total in self.columns.iter().flatten() {
            writer.varint(*total);
        }
    }

    pub(crate) fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let count = reader.count()?;
        let mut tallies = Self::new();
        for _ in 0..count {
            let id = reader.replica()?;
            if tallies.ids.last().is_some_and(|last| *last >= id) {
                return Err(reader.error(DecodeErrorKind::OutOfOrder));
            }
            tallies.ids.push(id);
        }
        for column in &mut tallies.columns {
            for _ in 0..count {
                column.push(reader.varint()?);
            }
        }
        if tallies.rows().any(|(_, totals)| totals == [0; COLUMNS]) {
            return Err(reader.error(DecodeErrorKind::EmptyEntry));
        }
        Ok(tallies)
    }
}
