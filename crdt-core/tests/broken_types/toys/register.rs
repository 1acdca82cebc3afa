//! A plain last-writer-wins register of a small number.

use std::cmp::Ordering;
use std::fmt::{self, Debug};
use std::marker::PhantomData;

use crdt_core::laws::{Author, Model};
use crdt_core::wire::{DecodeError, DecodeErrorKind, Reader, Wire, Writer};
use crdt_core::{Delta, Merge, ReplicaId, Timestamp};

/// When, who, what.
type Written = (Timestamp, ReplicaId, u8);

#[derive(Clone, Default, PartialEq)]
pub(crate) struct Register<T> {
    written: Option<Written>,
    tie: PhantomData<T>,
}

impl<T> Debug for Register<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.written.fmt(f)
    }
}

/// The decision in which registers go wrong. What is given here is right.
pub(crate) trait Tie: Clone + Debug + Default + PartialEq + 'static {
    fn order(mine: &Written, theirs: &Written) -> Ordering {
        mine.cmp(theirs)
    }
}

/// The right one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Correct;

impl Tie for Correct {}

impl<T: Tie> Merge for Register<T> {
    fn merge(&mut self, other: Self) -> bool {
        let later = match (&self.written, &other.written) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(mine), Some(theirs)) => T::order(mine, theirs) == Ordering::Less,
        };
        if later {
            self.written = other.written;
        }
        later
    }
}

impl<T: Tie> Delta for Register<T> {
    type Digest = Option<Written>;

    fn digest(&self) -> Option<Written> {
        self.written
    }

    fn delta_since(&self, seen: &Option<Written>) -> Self {
        let mut peer = Self { written: *seen, tie: PhantomData };
        if peer.merge(self.clone()) { self.clone() } else { Self::default() }
    }

    fn is_bottom(&self) -> bool {
        self.written.is_none()
    }
}

impl<T: Tie> Wire for Register<T> {
    fn write_to(&self, writer: &mut Writer) {
        self.written.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let written = Option::<Written>::read_from(reader)?;
        if written.is_some_and(|(timestamp, ..)| timestamp == Timestamp::MAX) {
            return Err(reader.error(DecodeErrorKind::OutOfRange));
        }
        Ok(Self { written, tie: PhantomData })
    }
}

pub(crate) struct RegisterModel<T>(PhantomData<T>);

impl<T: Tie> Model for RegisterModel<T> {
    type State = Register<T>;
    type Operation = bool;
    type Observed = Option<u8>;

    /// Writes with a timestamp above the one held, whatever the clock says.
    fn apply(register: &mut Register<T>, author: &Author, value: &bool) -> Register<T> {
        let held = register.written.map(|(timestamp, ..)| timestamp);
        let above = held.and_then(Timestamp::next).unwrap_or_default();
        let written = (author.timestamp.max(above), author.replica, u8::from(*value));
        register.written = Some(written);
        register.clone()
    }

    fn observe(register: &Register<T>) -> Option<u8> {
        register.written.map(|(.., value)| value)
    }

    fn sequential(values: &[bool]) -> Option<Option<u8>> {
        Some(values.last().map(|value| u8::from(*value)))
    }
}
