//! The keys of a document's one map: name, kind, element.

use alloc::sync::Arc;
use core::fmt;
use core::hash::{Hash, Hasher};

use crdt_core::ReplicaId;
use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};

use crate::{Kind, Value};

/// Where a cell is. The name is shared, so that a clone is cheap.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) name: Arc<str>,
    pub(crate) place: Place,
}

/// Where a cell is under its name.
///
/// The cells of a counter have the writer in their key: each is written by that replica alone, so
/// that concurrent counts never supersede one another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// What one replica has counted in a counter.
    Count(ReplicaId),
    /// What one replica has counted in a counter that goes both ways.
    Totals(ReplicaId),
    /// What one replica has seen of the totals of all when it reset such a counter.
    Reset(ReplicaId),
    GSet(Value),
    Set(Value),
    Register,
    MvRegister,
}

/// A [`Place`] without what makes it one of many: as numbered in the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Count,
    Totals,
    Reset,
    GSet,
    Set,
    Register,
    MvRegister,
}

impl Shape {
    const ALL: [Self; 7] = [
        Self::Count,
        Self::Totals,
        Self::Reset,
        Self::GSet,
        Self::Set,
        Self::Register,
        Self::MvRegister,
    ];

    pub(crate) const fn number(self) -> u8 {
        self as u8
    }

    pub(crate) fn of_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

impl Place {
    pub(crate) const fn shape(&self) -> Shape {
        match self {
            Self::Count(_) => Shape::Count,
            Self::Totals(_) => Shape::Totals,
            Self::Reset(_) => Shape::Reset,
            Self::GSet(_) => Shape::GSet,
            Self::Set(_) => Shape::Set,
            Self::Register => Shape::Register,
            Self::MvRegister => Shape::MvRegister,
        }
    }

    pub(crate) const fn kind(&self) -> Kind {
        match self {
            Self::Count(_) => Kind::Counter,
            Self::Totals(_) | Self::Reset(_) => Kind::PnCounter,
            Self::GSet(_) => Kind::GSet,
            Self::Set(_) => Kind::Set,
            Self::Register => Kind::Register,
            Self::MvRegister => Kind::MvRegister,
        }
    }

    /// The replica whose cell this is, if it can only be that of one.
    pub(crate) const fn owner(&self) -> Option<ReplicaId> {
        match self {
            Self::Count(owner) | Self::Totals(owner) | Self::Reset(owner) => Some(*owner),
            _ => None,
        }
    }

    /// The same place of another replica.
    pub(crate) fn owned_by(self, owner: ReplicaId) -> Self {
        match self {
            Self::Count(_) => Self::Count(owner),
            Self::Totals(_) => Self::Totals(owner),
            Self::Reset(_) => Self::Reset(owner),
            other => other,
        }
    }
}

/// In as few steps as will do, since every look-up takes them: keys that differ in their shape alone
/// have one hash, which are three at most; and the hasher of indexes takes in where a text ends.
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write(self.name.as_bytes());
        match &self.place {
            Place::Count(owner) | Place::Totals(owner) | Place::Reset(owner) => owner.hash(state),
            Place::GSet(Value::Text(text)) | Place::Set(Value::Text(text)) => {
                state.write(text.as_bytes());
            }
            Place::GSet(element) | Place::Set(element) => element.hash(state),
            Place::Register | Place::MvRegister => {}
        }
    }
}

impl Key {
    pub(crate) fn new(name: &Arc<str>, place: Place) -> Self {
        Self { name: name.clone(), place }
    }
}

/// For comparing and hashing content: a document writes its keys more briefly.
impl Wire for Key {
    fn write_to(&self, writer: &mut Writer) {
        self.name.write_to(writer);
        writer.byte(self.place.shape().number());
        match &self.place {
            Place::Count(owner) | Place::Totals(owner) | Place::Reset(owner) => {
                owner.write_to(writer);
            }
            Place::GSet(element) | Place::Set(element) => element.write_to(writer),
            Place::Register | Place::MvRegister => {}
        }
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let name = Arc::read_from(reader)?;
        let number = reader.byte()?;
        let Some(shape) = Shape::of_number(number) else {
            return Err(reader.error(DecodeErrorKind::UnknownTag(number)));
        };
        let place = match shape {
            Shape::Count => Place::Count(reader.replica()?),
            Shape::Totals => Place::Totals(reader.replica()?),
            Shape::Reset => Place::Reset(reader.replica()?),
            Shape::GSet => Place::GSet(Value::read_from(reader)?),
            Shape::Set => Place::Set(Value::read_from(reader)?),
            Shape::Register => Place::Register,
            Shape::MvRegister => Place::MvRegister,
        };
        Ok(Self { name, place })
    }
}

/// Reads `cart.set["apple"]`.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.name, self.place.kind())?;
        match &self.place {
            Place::Count(owner) | Place::Totals(owner) => write!(f, "[{owner:?}]"),
            Place::Reset(owner) => write!(f, "[reset by {owner:?}]"),
            Place::GSet(element) | Place::Set(element) => write!(f, "[{element:?}]"),
            Place::Register | Place::MvRegister => Ok(()),
        }
    }
}
