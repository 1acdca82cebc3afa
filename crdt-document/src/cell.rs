//! The values of a document's one map.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};
use crdt_core::{ReplicaId, Timestamp};

use crate::Value;
use crate::key::Shape;

/// Increments and decrements.
pub(crate) type Sides = [u64; 2];

/// What is written in one place. The place's shape says which variant it is.
#[derive(Clone, PartialEq)]
pub(crate) enum Cell {
    /// An element of a set: its key says everything.
    Element,
    /// All that one replica has ever counted. Never 0.
    Count(u64),
    /// All that one replica has ever added and taken away. Never both 0.
    Totals(Sides),
    /// Up to where a reset has seen the totals of each replica.
    Reset(Baselines),
    /// The value of a last-writer-wins register. Its writer is that of the dot.
    Stamped(Timestamp, Value),
    /// A value of a multi-value register.
    Plain(Value),
}

/// Totals by replica, ascending. Never empty, and never is a row 0 on both sides.
pub(crate) type Baselines = Box<[(ReplicaId, Sides)]>;

/// The greater of each side.
pub(crate) fn greatest(mine: Sides, theirs: Sides) -> Sides {
    [mine[0].max(theirs[0]), mine[1].max(theirs[1])]
}

impl Cell {
    /// Writes what the shape of its place does not say.
    pub(crate) fn write_content(&self, writer: &mut Writer) {
        match self {
            Self::Element => {}
            Self::Count(total) => writer.varint(*total),
            Self::Totals(totals) => write_sides(*totals, writer),
            Self::Reset(rows) => {
                writer.count(rows.len());
                for (replica, baselines) in rows {
                    replica.write_to(writer);
                    write_sides(*baselines, writer);
                }
            }
            Self::Stamped(timestamp, value) => {
                timestamp.write_to(writer);
                value.write_to(writer);
            }
            Self::Plain(value) => value.write_to(writer),
        }
    }

    /// Reads the cell of a place of this shape.
    pub(crate) fn read_content(shape: Shape, reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match shape {
            Shape::GSet | Shape::Set => Ok(Self::Element),
            Shape::Count => match reader.varint()? {
                0 => Err(reader.error(DecodeErrorKind::EmptyEntry)),
                total => Ok(Self::Count(total)),
            },
            Shape::Totals => read_sides(reader).map(Self::Totals),
            Shape::Reset => read_rows(reader).map(Self::Reset),
            Shape::Register => {
                Ok(Self::Stamped(Timestamp::read_from(reader)?, Value::read_from(reader)?))
            }
            Shape::MvRegister => Value::read_from(reader).map(Self::Plain),
        }
    }

    /// The first shape that has such cells.
    const fn shape(&self) -> Shape {
        match self {
            Self::Element => Shape::Set,
            Self::Count(_) => Shape::Count,
            Self::Totals(_) => Shape::Totals,
            Self::Reset(_) => Shape::Reset,
            Self::Stamped(..) => Shape::Register,
            Self::Plain(_) => Shape::MvRegister,
        }
    }
}

fn write_sides(sides: Sides, writer: &mut Writer) {
    for side in sides {
        writer.varint(side);
    }
}

fn read_sides(reader: &mut Reader<'_>) -> Result<Sides, DecodeError> {
    match [reader.varint()?, reader.varint()?] {
        [0, 0] => Err(reader.error(DecodeErrorKind::EmptyEntry)),
        sides => Ok(sides),
    }
}

fn read_rows(reader: &mut Reader<'_>) -> Result<Baselines, DecodeError> {
    let mut rows = Vec::<(ReplicaId, Sides)>::new();
    for _ in 0..reader.count()? {
        let replica = reader.replica()?;
        if rows.last().is_some_and(|(last, _)| *last >= replica) {
            return Err(reader.error(DecodeErrorKind::OutOfOrder));
        }
        rows.push((replica, read_sides(reader)?));
    }
    if rows.is_empty() {
        return Err(reader.error(DecodeErrorKind::EmptyEntry));
    }
    Ok(rows.into())
}

/// For comparing and hashing content: a document writes its cells without the tag.
impl Wire for Cell {
    fn write_to(&self, writer: &mut Writer) {
        writer.byte(self.shape().number());
        self.write_content(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let number = reader.byte()?;
        match Shape::of_number(number) {
            Some(shape) if shape != Shape::GSet => Self::read_content(shape, reader),
            _ => Err(reader.error(DecodeErrorKind::UnknownTag(number))),
        }
    }
}

impl fmt::Debug for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Element => f.write_str("there"),
            Self::Count(total) => total.fmt(f),
            Self::Totals([increments, decrements]) => write!(f, "+{increments} -{decrements}"),
            Self::Reset(rows) => {
                let row = |(replica, [up, down]): &(ReplicaId, Sides)| {
                    (*replica, alloc::format!("+{up} -{down}"))
                };
                f.debug_map().entries(rows.iter().map(row)).finish()
            }
            Self::Stamped(timestamp, value) => write!(f, "{value:?} at {timestamp}"),
            Self::Plain(value) => value.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Cell;

    #[test]
    fn a_cell_is_small() {
        assert_eq!(size_of::<Cell>(), 32);
    }
}
