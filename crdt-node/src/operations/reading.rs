//! What a named value reads as.

use std::collections::BTreeSet;
use std::fmt;

use super::Kind;
use super::words::Quoted;

/// A named value, as a region reads it or as a file expects it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Which value.
    pub subject: Subject,
    /// What it reads as.
    pub value: Value,
}

/// A value's type and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// Its type.
    pub kind: Kind,
    /// Its name.
    pub name: String,
}

/// A number, or the texts that a set or register holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Of a counter.
    Number(i128),
    /// Of a set or register; of a register that was never written, none.
    Texts(BTreeSet<String>),
}

impl Value {
    /// What a value reads as that nobody has written.
    pub fn unwritten(kind: Kind) -> Self {
        if kind.is_number() { Self::Number(0) } else { Self::Texts(BTreeSet::new()) }
    }
}

/// As it is written after `expect` in an operations file.
impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.subject, self.value)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, Quoted(&self.name))
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Texts(texts) if texts.is_empty() => f.write_str("nothing"),
            Self::Texts(texts) => {
                let texts: Vec<_> = texts.iter().map(|text| Quoted(text).to_string()).collect();
                f.write_str(&texts.join(" "))
            }
        }
    }
}
