//! The bytes of a set: the number of elements, the elements ascending.

use alloc::vec::Vec;

use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};

use super::GSet;

/// The number of elements, then the elements in strictly ascending order of `Ord`.
impl<T: Ord + Wire> Wire for GSet<T> {
    fn write_to(&self, writer: &mut Writer) {
        writer.count(self.len());
        for element in self {
            element.write_to(writer);
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut elements = Vec::new();
        for _ in 0..reader.count()? {
            let element = T::read_from(reader)?;
            if elements.last().is_some_and(|last| *last >= element) {
                return Err(reader.error(DecodeErrorKind::OutOfOrder));
            }
            elements.push(element);
        }
        Ok(elements.into_iter().collect())
    }
}
