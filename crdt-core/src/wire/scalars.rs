//! The bytes of plain values: what elements and register values are made of.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use uuid::Uuid;

use super::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};
use crate::ReplicaId;

macro_rules! fixed_width {
    ($($integer:ty),*) => {$(
        impl Wire for $integer {
            fn write_to(&self, writer: &mut Writer) {
                writer.raw(&self.to_le_bytes());
            }

            fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                reader.array().map(Self::from_le_bytes)
            }
        }
    )*};
}

fixed_width!(u16, u32, u64, u128, i8, i16, i32, i64, i128);

impl Wire for u8 {
    fn write_to(&self, writer: &mut Writer) {
        writer.byte(*self);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.byte()
    }

    fn write_all(items: &[Self], writer: &mut Writer) {
        writer.raw(items);
    }

    fn read_all(count: usize, reader: &mut Reader<'_>) -> Result<Vec<Self>, DecodeError> {
        reader.raw(count).map(<[u8]>::to_vec)
    }
}

impl Wire for bool {
    fn write_to(&self, writer: &mut Writer) {
        writer.byte(u8::from(*self));
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match reader.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            tag => Err(reader.error(DecodeErrorKind::UnknownTag(tag))),
        }
    }
}

impl Wire for char {
    fn write_to(&self, writer: &mut Writer) {
        u32::from(*self).write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let scalar = u32::read_from(reader)?;
        Self::from_u32(scalar).ok_or_else(|| reader.error(DecodeErrorKind::OutOfRange))
    }
}

impl Wire for String {
    fn write_to(&self, writer: &mut Writer) {
        writer.count(self.len());
        writer.raw(self.as_bytes());
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let length = reader.length()?;
        let bytes = reader.raw(length)?;
        match core::str::from_utf8(bytes) {
            Ok(text) => Ok(text.into()),
            Err(_) => Err(reader.error(DecodeErrorKind::InvalidUtf8)),
        }
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn write_to(&self, writer: &mut Writer) {
        writer.count(self.len());
        T::write_all(self, writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let count = reader.length()?;
        T::read_all(count, reader)
    }
}

impl<T: Wire, const N: usize> Wire for [T; N] {
    fn write_to(&self, writer: &mut Writer) {
        T::write_all(self, writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let items = T::read_all(N, reader)?;
        Self::try_from(items).map_err(|_| reader.error(DecodeErrorKind::UnexpectedEnd))
    }
}

macro_rules! shared_text {
    ($($kind:ty),*) => {$(
        impl Wire for $kind {
            fn write_to(&self, writer: &mut Writer) {
                writer.count(self.len());
                writer.raw(self.as_bytes());
            }

            fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                String::read_from(reader).map(Self::from)
            }
        }
    )*};
}

shared_text!(Box<str>, Arc<str>);

macro_rules! shared_slice {
    ($($kind:ident),*) => {$(
        impl<T: Wire> Wire for $kind<[T]> {
            fn write_to(&self, writer: &mut Writer) {
                writer.count(self.len());
                T::write_all(self, writer);
            }

            fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                Vec::<T>::read_from(reader).map(Self::from)
            }
        }
    )*};
}

shared_slice!(Box, Arc);

impl Wire for Uuid {
    fn write_to(&self, writer: &mut Writer) {
        writer.raw(self.as_bytes());
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.array().map(Self::from_bytes)
    }
}

impl Wire for ReplicaId {
    fn write_to(&self, writer: &mut Writer) {
        writer.replica(*self);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.replica()
    }
}
