//! A transaction as bytes: the operations in their order, as `ts/program.ts` writes them.

use alloc::string::String;

use crdt_core::wire::{Budget, DecodeError, DecodeErrorKind, Reader, Wire};
use crdt_document::{Kind, Transaction, Value, WriteError};

use crate::failure::Coded;
use crate::values::{alike, read_values};

/// Why a transaction was not made.
pub(crate) enum Stopped {
    /// Its bytes are not those of a program.
    Malformed(DecodeError),
    /// One of its operations cannot be done.
    Refused(WriteError),
    /// Nothing failed: it was only to be seen what it would do.
    Tried,
}

impl From<DecodeError> for Stopped {
    fn from(error: DecodeError) -> Self {
        Self::Malformed(error)
    }
}

impl From<WriteError> for Stopped {
    fn from(error: WriteError) -> Self {
        Self::Refused(error)
    }
}

impl core::fmt::Display for Stopped {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Malformed(error) => error.fmt(f),
            Self::Refused(error) => error.fmt(f),
            Self::Tried => f.write_str("the transaction was taken back"),
        }
    }
}

impl Coded for Stopped {
    fn code(&self) -> &'static str {
        match self {
            Self::Malformed(error) => error.code(),
            Self::Refused(error) => error.code(),
            Self::Tried => "malformed",
        }
    }
}

/// Does what the program says.
pub(crate) fn run(program: &[u8], tx: &mut Transaction<'_>) -> Result<(), Stopped> {
    let mut reader = Reader::with_replicas(program, &Budget::unbounded(), &[])?;
    while reader.remaining() > 0 {
        step(&mut reader, tx)?;
    }
    Ok(())
}

/// The operations and their numbers are those of `ts/program.ts`.
fn step(reader: &mut Reader<'_>, tx: &mut Transaction<'_>) -> Result<(), Stopped> {
    let operation = reader.byte()?;
    let name = String::read_from(reader)?;
    let name = name.as_str();
    match operation {
        0 => tx.counter(name).increment(reader.varint()?)?,
        1 => tx.pn_counter(name).increment(reader.varint()?)?,
        2 => tx.pn_counter(name).decrement(reader.varint()?)?,
        3 => tx.pn_counter(name).reset()?,
        4 => tx.g_set(name).add_all(read_values(reader)?)?,
        5 => tx.set(name).add_all(read_values(reader)?)?,
        6 => {
            let elements = read_values(reader)?.into_iter().map(alike);
            let all = elements.flat_map(|(one, other)| [Some(one), other]).flatten();
            tx.set(name).remove_all(all)?;
        }
        7 => tx.set(name).clear()?,
        8 => tx.register(name).set(Value::read_from(reader)?)?,
        9 => tx.register(name).clear()?,
        10 => tx.mv_register(name).set(Value::read_from(reader)?)?,
        11 => tx.mv_register(name).clear()?,
        12 => tx.remove(name)?,
        13 => tx.remove_kind(name, kind(reader)?)?,
        other => return Err(reader.error(DecodeErrorKind::UnknownTag(other)).into()),
    }
    Ok(())
}

/// A kind by its place in [`Kind::ALL`].
pub(crate) fn kind(reader: &mut Reader<'_>) -> Result<Kind, DecodeError> {
    let tag = reader.byte()?;
    let kind = Kind::ALL.get(usize::from(tag)).copied();
    kind.ok_or_else(|| reader.error(DecodeErrorKind::UnknownTag(tag)))
}
