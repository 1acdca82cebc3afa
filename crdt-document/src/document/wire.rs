//! The bytes of a document: its names, then the map, whose keys name them by number.
//!
//! The writer of a counter's cell is not written: it is that of the dot. Nor is which variant a
//! cell is: its key says it. So what must hold cannot be told otherwise.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};
use crdt_core::{CausalContext, Dot, DotMap, Entry};

use super::Document;
use crate::Value;
use crate::cell::Cell;
use crate::key::{Key, Place, Shape};

/// A key begins with the number of its name times this, plus the number of its shape.
const SHAPES: u64 = 8;

impl Wire for Document {
    fn write_to(&self, writer: &mut Writer) {
        self.write_among(self.context(), writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut names = Names::read(reader)?;
        let map = DotMap::read_with(
            reader,
            |dot, reader| names.read_key(dot, reader),
            |(_, key), reader| Cell::read_content(key.place.shape(), reader),
        )?;
        names.check_all_used(reader)?;
        Ok(Self::of(map))
    }
}

impl Document {
    /// Writes what is known of dots that have been seen.
    pub(super) fn write_among(&self, dots: &CausalContext, writer: &mut Writer) {
        let mut names = Vec::<&Arc<str>>::new();
        for Key { name, .. } in self.map.entries_among(dots).map(Entry::key) {
            // Entries of one name mostly come one after the other, and share it.
            if !names.last().is_some_and(|last| Arc::ptr_eq(last, name)) {
                names.push(name);
            }
        }
        names.sort_unstable();
        names.dedup();
        writer.count(names.len());
        for name in &names {
            name.write_to(writer);
        }
        let mut last = None;
        let key = |entry: &Entry<Key, Cell>, writer: &mut Writer| {
            let Key { name, place } = entry.key();
            if !last.is_some_and(|(last, _)| Arc::ptr_eq(last, name)) {
                last = names.binary_search(&name).ok().map(|number| (names[number], number as u64));
            }
            let number = last.map_or(0, |(_, number)| number);
            writer.varint(number * SHAPES + u64::from(place.shape().number()));
            if let Place::GSet(element) | Place::Set(element) = place {
                element.write_to(writer);
            }
        };
        let content = |entry: &Entry<Key, Cell>, writer: &mut Writer| {
            entry.value().write_content(writer);
        };
        self.map.write_among_with(dots, writer, key, content);
    }
}

/// The names of a message, and which of them a key has mentioned.
struct Names {
    names: Vec<(Arc<str>, bool)>,
    unused: usize,
}

impl Names {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut names = Vec::<(Arc<str>, bool)>::new();
        for _ in 0..reader.count()? {
            let name = Arc::<str>::read_from(reader)?;
            if names.last().is_some_and(|(last, _)| *last >= name) {
                return Err(reader.error(DecodeErrorKind::OutOfOrder));
            }
            names.push((name, false));
        }
        Ok(Self { unused: names.len(), names })
    }

    fn read_key(&mut self, dot: Dot, reader: &mut Reader<'_>) -> Result<Key, DecodeError> {
        let head = reader.varint()?;
        let number = usize::try_from(head / SHAPES).unwrap_or(usize::MAX);
        let shape = u8::try_from(head % SHAPES).unwrap_or(u8::MAX);
        let Some(shape) = Shape::of_number(shape) else {
            return Err(reader.error(DecodeErrorKind::UnknownTag(shape)));
        };
        let Some((name, used)) = self.names.get_mut(number) else {
            return Err(reader.error(DecodeErrorKind::OutOfRange));
        };
        self.unused -= usize::from(!core::mem::replace(used, true));
        let place = match shape {
            Shape::Count => Place::Count(dot.replica()),
            Shape::Totals => Place::Totals(dot.replica()),
            Shape::Reset => Place::Reset(dot.replica()),
            Shape::GSet => Place::GSet(Value::read_from(reader)?),
            Shape::Set => Place::Set(Value::read_from(reader)?),
            Shape::Register => Place::Register,
            Shape::MvRegister => Place::MvRegister,
        };
        Ok(Key::new(name, place))
    }

    fn check_all_used(&self, reader: &Reader<'_>) -> Result<(), DecodeError> {
        if self.unused > 0 {
            return Err(reader.error(DecodeErrorKind::EmptyEntry));
        }
        Ok(())
    }
}
