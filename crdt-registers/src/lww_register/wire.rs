//! The bytes of a register.

use crdt_core::wire::{DecodeError, Reader, Wire, Writer};

use super::{LwwRegister, Written};

/// A tag, 0 before the first write, and after 1: timestamp, replica id and value.
impl<T: Wire> Wire for LwwRegister<T> {
    fn write_to(&self, writer: &mut Writer) {
        self.written.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Option::read_from(reader).map(|written| Self { written })
    }
}

impl<T: Wire> Wire for Written<T> {
    fn write_to(&self, writer: &mut Writer) {
        self.timestamp.write_to(writer);
        self.writer.write_to(writer);
        self.value.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            timestamp: Wire::read_from(reader)?,
            writer: Wire::read_from(reader)?,
            value: Wire::read_from(reader)?,
        })
    }
}
