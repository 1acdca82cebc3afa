//! What can be done to a named value.

use std::fmt;

use crdt_core::Timestamp;

use super::words::Quoted;

/// A kind of value in a document, by the word that names it in an operations file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `counter`: [`Document::counter`](crdt_document::Document::counter).
    Counter,
    /// `pn-counter`: [`Document::pn_counter`](crdt_document::Document::pn_counter).
    PnCounter,
    /// `g-set`: [`Document::g_set`](crdt_document::Document::g_set).
    GSet,
    /// `or-set`: [`Document::set`](crdt_document::Document::set).
    OrSet,
    /// `lww`: [`Document::register`](crdt_document::Document::register).
    Lww,
    /// `mv`: [`Document::mv_register`](crdt_document::Document::mv_register).
    Mv,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Counter, Self::PnCounter, Self::GSet, Self::OrSet, Self::Lww, Self::Mv];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::PnCounter => "pn-counter",
            Self::GSet => "g-set",
            Self::OrSet => "or-set",
            Self::Lww => "lww",
            Self::Mv => "mv",
        }
    }

    /// The kind that a word names. `resettable` is from when a counter that can be reset was a type
    /// of its own.
    pub fn of_word(word: &str) -> Option<Self> {
        if word == "resettable" {
            return Some(Self::PnCounter);
        }
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether it reads as a number, and not as texts.
    pub const fn is_number(self) -> bool {
        matches!(self, Self::Counter | Self::PnCounter)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One write to one named value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The name of the value. Each kind has names of its own.
    pub name: String,
    /// What is done to it.
    pub change: Change,
}

/// What an [`Operation`] does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is a mutator of its type, documented there")]
pub enum Change {
    CounterAdd(u64),
    PnCounterAdd(u64),
    PnCounterSubtract(u64),
    PnCounterReset,
    GSetAdd(Vec<String>),
    OrSetAdd(Vec<String>),
    OrSetRemove(Vec<String>),
    OrSetClear,
    /// Stamped by the region's clock, unless an instant is given.
    LwwWrite {
        value: String,
        at: Option<Timestamp>,
    },
    MvWrite(String),
    MvResolve(String),
    MvClear,
}

impl Change {
    /// The type it belongs to.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::CounterAdd(_) => Kind::Counter,
            Self::PnCounterAdd(_) | Self::PnCounterSubtract(_) | Self::PnCounterReset => {
                Kind::PnCounter
            }
            Self::GSetAdd(_) => Kind::GSet,
            Self::OrSetAdd(_) | Self::OrSetRemove(_) | Self::OrSetClear => Kind::OrSet,
            Self::LwwWrite { .. } => Kind::Lww,
            Self::MvWrite(_) | Self::MvResolve(_) | Self::MvClear => Kind::Mv,
        }
    }
}

/// As it is written in an operations file, after the region.
impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.change.kind(), Quoted(&self.name))?;
        match &self.change {
            Change::CounterAdd(by) | Change::PnCounterAdd(by) => write!(f, "+= {by}"),
            Change::PnCounterSubtract(by) => write!(f, "-= {by}"),
            Change::PnCounterReset => f.write_str("reset"),
            Change::GSetAdd(elements) | Change::OrSetAdd(elements) => list(f, "add", elements),
            Change::OrSetRemove(elements) => list(f, "remove", elements),
            Change::OrSetClear | Change::MvClear => f.write_str("clear"),
            Change::LwwWrite { value, at: None } | Change::MvWrite(value) => {
                write!(f, "= {}", Quoted(value))
            }
            Change::LwwWrite { value, at: Some(at) } => {
                write!(f, "= {} at {}", Quoted(value), at.millis())
            }
            Change::MvResolve(value) => write!(f, "resolve {}", Quoted(value)),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, verb: &str, elements: &[String]) -> fmt::Result {
    f.write_str(verb)?;
    elements.iter().try_for_each(|element| write!(f, " {}", Quoted(element)))
}
