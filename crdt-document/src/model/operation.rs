//! What happens to a document.

use alloc::boxed::Box;
use alloc::vec::Vec;

use quickcheck::{Arbitrary, Gen};

use crate::{Kind, Transaction, Value, WriteError};

/// What happens to a [`Document`](crate::Document).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentOperation {
    /// A transaction with one write.
    Write(Write),
    /// A transaction with many.
    Transact(Vec<Write>),
    /// A transaction that is given up after its last write.
    Abandon(Vec<Write>),
}

/// One mutation of what has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The name.
    pub name: &'static str,
    /// What happens to it.
    pub what: What,
}

/// What happens to what has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// [`CounterMut::increment`](crate::CounterMut::increment).
    Count(u64),
    /// [`PnCounterMut::increment`](crate::PnCounterMut::increment).
    Increment(u64),
    /// [`PnCounterMut::decrement`](crate::PnCounterMut::decrement).
    Decrement(u64),
    /// [`PnCounterMut::reset`](crate::PnCounterMut::reset).
    Reset,
    /// [`GSetMut::add`](crate::GSetMut::add).
    Keep(Value),
    /// [`SetMut::add`](crate::SetMut::add).
    Add(Value),
    /// [`SetMut::remove`](crate::SetMut::remove).
    RemoveElement(Value),
    /// [`RegisterMut::set`](crate::RegisterMut::set).
    Set(Value),
    /// [`MvRegisterMut::set`](crate::MvRegisterMut::set).
    SetBeside(Value),
    /// [`MvRegisterMut::resolve`](crate::MvRegisterMut::resolve), to the first of the values.
    ResolveToFirst,
    /// [`Transaction::remove`].
    Remove,
    /// [`Transaction::remove_kind`].
    RemoveKind(Kind),
}

impl Write {
    /// Does it within a transaction.
    ///
    /// # Errors
    ///
    /// When it is not possible.
    pub fn apply(&self, tx: &mut Transaction<'_>) -> Result<(), WriteError> {
        let Self { name, what } = self;
        match what {
            What::Count(amount) => tx.counter(name).increment(*amount),
            What::Increment(amount) => tx.pn_counter(name).increment(*amount),
            What::Decrement(amount) => tx.pn_counter(name).decrement(*amount),
            What::Reset => tx.pn_counter(name).reset(),
            What::Keep(element) => tx.g_set(name).add(element),
            What::Add(element) => tx.set(name).add(element),
            What::RemoveElement(element) => tx.set(name).remove(element),
            What::Set(value) => tx.register(name).set(value),
            What::SetBeside(value) => tx.mv_register(name).set(value),
            What::ResolveToFirst => tx.mv_register(name).resolve(|values| values[0].clone()),
            What::Remove => tx.remove(name),
            What::RemoveKind(kind) => tx.remove_kind(name, *kind),
        }
    }
}

const NAMES: [&str; 3] = ["a", "a", "b"];

/// Nothing, a little, or so much that a few of it overflow.
const AMOUNTS: [u64; 8] = [0, 1, 1, 2, 3, 300, u64::MAX / 2, u64::MAX];

impl Arbitrary for What {
    fn arbitrary(generator: &mut Gen) -> Self {
        let amount = generator.choose(&AMOUNTS).copied().unwrap_or(1);
        let value = Value::arbitrary(generator);
        match u8::arbitrary(generator) % 24 {
            0..=2 => Self::Count(amount),
            3..=5 => Self::Increment(amount),
            6 => Self::Decrement(amount),
            7 | 8 => Self::Reset,
            9 | 10 => Self::Keep(value),
            11..=13 => Self::Add(value),
            14 | 15 => Self::RemoveElement(value),
            16..=18 => Self::Set(value),
            19 | 20 => Self::SetBeside(value),
            21 => Self::ResolveToFirst,
            22 => Self::Remove,
            _ => Self::RemoveKind(generator.choose(&Kind::ALL).copied().unwrap_or(Kind::Set)),
        }
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        match self {
            Self::Count(amount) => Box::new(amount.shrink().map(Self::Count)),
            Self::Increment(amount) => Box::new(amount.shrink().map(Self::Increment)),
            Self::Decrement(amount) => Box::new(amount.shrink().map(Self::Decrement)),
            Self::Keep(value) => Box::new(value.shrink().map(Self::Keep)),
            Self::Add(value) => Box::new(value.shrink().map(Self::Add)),
            Self::RemoveElement(value) => Box::new(value.shrink().map(Self::RemoveElement)),
            Self::Set(value) => Box::new(value.shrink().map(Self::Set)),
            Self::SetBeside(value) => Box::new(value.shrink().map(Self::SetBeside)),
            Self::Reset | Self::ResolveToFirst | Self::Remove | Self::RemoveKind(_) => {
                quickcheck::empty_shrinker()
            }
        }
    }
}

impl Arbitrary for Write {
    fn arbitrary(generator: &mut Gen) -> Self {
        let name = generator.choose(&NAMES).copied().unwrap_or("a");
        Self { name, what: What::arbitrary(generator) }
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        let name = self.name;
        Box::new(self.what.shrink().map(move |what| Self { name, what }))
    }
}

impl Arbitrary for DocumentOperation {
    fn arbitrary(generator: &mut Gen) -> Self {
        let some = |generator: &mut Gen| {
            let length = 1 + usize::arbitrary(generator) % 4;
            (0..length).map(|_| Write::arbitrary(generator)).collect()
        };
        match u8::arbitrary(generator) % 8 {
            0..=4 => Self::Write(Write::arbitrary(generator)),
            5 | 6 => Self::Transact(some(generator)),
            _ => Self::Abandon(some(generator)),
        }
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        match self {
            Self::Write(write) => Box::new(write.shrink().map(Self::Write)),
            Self::Transact(writes) => Box::new(writes.shrink().map(Self::Transact)),
            Self::Abandon(writes) => Box::new(writes.shrink().map(Self::Abandon)),
        }
    }
}
