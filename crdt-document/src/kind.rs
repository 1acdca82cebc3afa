//! The types that a name can be used with.

use core::fmt;
use core::str::FromStr;

/// How a name of a [`Document`](crate::Document) is used.
///
/// A name that replicas have used with two kinds holds both, each by itself:
/// see [`Document::conflicts`](crate::Document::conflicts).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// A counter that only grows: [`Document::counter`](crate::Document::counter).
    Counter,
    /// A counter that goes up and down and can be reset:
    /// [`Document::pn_counter`](crate::Document::pn_counter).
    PnCounter,
    /// A set that only grows: [`Document::g_set`](crate::Document::g_set).
    GSet,
    /// A set whose elements come and go: [`Document::set`](crate::Document::set).
    Set,
    /// A register of which the last write stays:
    /// [`Document::register`](crate::Document::register).
    Register,
    /// A register that keeps concurrent writes:
    /// [`Document::mv_register`](crate::Document::mv_register).
    MvRegister,
}

impl Kind {
    /// All kinds, in order.
    pub const ALL: [Self; 6] =
        [Self::Counter, Self::PnCounter, Self::GSet, Self::Set, Self::Register, Self::MvRegister];

    /// The name of the method that reads it: `pn_counter`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::PnCounter => "pn_counter",
            Self::GSet => "g_set",
            Self::Set => "set",
            Self::Register => "register",
            Self::MvRegister => "mv_register",
        }
    }
}

/// As [`Kind::name`].
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text names no kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseKindError;

impl fmt::Display for ParseKindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a kind is counter, pn_counter, g_set, set, register or mv_register")
    }
}

impl core::error::Error for ParseKindError {}

impl FromStr for Kind {
    type Err = ParseKindError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|kind| kind.name() == text).ok_or(ParseKindError)
    }
}
