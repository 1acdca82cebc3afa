//! A write to two scopes at once: what leaves the one and enters the other.

use alloc::string::String;
use core::fmt;

use crdt_core::{Reading, ReplicaId, Timestamp};

use super::Scopes;
use crate::{Lattice, Replica, Token, TryWriteError, WriteError};

impl<S: Lattice> Scopes<S> {
    /// Writes to two scopes at once: `change` mutates both states, what enters the second in the name
    /// and with the timestamp given, and returns both deltas. For what is moved from one scope to
    /// another, as `Document::relocate` of `crdt-document` does.
    ///
    /// A move is a removal here and an addition there. Peers that hold both scopes may see them one
    /// after the other. [`next_record`](Scopes::next_record) yields the records of `to` first: if the
    /// host fails in between, what moves is in both places rather than in none.
    ///
    /// ```
    /// use crdt_core::Reading;
    /// use crdt_document::{Author, Document, Kind};
    /// use crdt_sync::{Config, Holders, Opening, Replica, Scopes};
    ///
    /// let now = Reading::wall(1_700_000_000_000);
    /// let replica = |seed| Replica::<Document>::new(&Opening::new(seed, now), Config::volatile());
    /// let mut scopes = Scopes::new();
    /// scopes.add("eu", replica(1), Holders::only(["dublin"]), now);
    /// scopes.add("global", replica(2), Holders::anyone(), now);
    /// let eu = scopes.get_mut("eu").expect("added");
    /// eu.try_write(now, |doc, me, stamp| {
    ///     doc.transact(Author::new(me, stamp), |tx| {
    ///         tx.set("cart").add("apple")?;
    ///         tx.counter("likes").increment(1)
    ///     })
    /// })?;
    ///
    /// scopes.write_both(("eu", "global"), now, |eu, global, me, stamp| {
    ///     eu.relocate(global, "cart", Kind::Set, Author::new(me, stamp))
    /// })?;
    /// assert!(scopes.get("eu").expect("added").state().set("cart").is_empty());
    /// assert!(scopes.get("global").expect("added").state().set("cart").contains("apple"));
    ///
    /// // Two concurrent moves of a counter would count twice.
    /// let refused = scopes.write_both(("eu", "global"), now, |eu, global, me, stamp| {
    ///     eu.relocate(global, "likes", Kind::Counter, Author::new(me, stamp))
    /// });
    /// assert!(refused.is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When a scope is missing, cannot be written, or `change` fails; `change` has to leave both
    /// states as they were then.
    pub fn write_both<E>(
        &mut self,
        (from, to): (&str, &str),
        now: Reading,
        change: impl FnOnce(&mut S, &mut S, ReplicaId, Timestamp) -> Result<(S, S), E>,
    ) -> Result<(Token, Token), RelocateError<E>> {
        if from == to {
            return Err(RelocateError::SameScope);
        }
        let Some((name, mut source)) = self.by_name.remove_entry(from) else {
            return Err(RelocateError::NoSuchScope(from.into()));
        };
        let written = match self.by_name.get_mut(to) {
            Some(target) => write_both(&mut source.replica, &mut target.replica, now, change),
            None => Err(RelocateError::NoSuchScope(to.into())),
        };
        self.by_name.insert(name, source);
        if written.is_ok() {
            self.first.retain(|first| first != to);
            self.first.push(to.into());
        }
        written
    }
}

fn write_both<S: Lattice, E>(
    source: &mut Replica<S>,
    target: &mut Replica<S>,
    now: Reading,
    change: impl FnOnce(&mut S, &mut S, ReplicaId, Timestamp) -> Result<(S, S), E>,
) -> Result<(Token, Token), RelocateError<E>> {
    let mut left = Err(WriteError::Closed);
    let entered = target.try_write(now, |there, replica, timestamp| {
        let mut entering = Ok(S::default());
        left = source.write(now, |here, _| {
            let (leaving, coming) = match change(here, there, replica, timestamp) {
                Ok((leaving, coming)) => (leaving, Ok(coming)),
                Err(error) => (S::default(), Err(error)),
            };
            entering = coming;
            leaving
        });
        entering
    });
    match (left, entered) {
        (_, Err(TryWriteError::Change(error))) => Err(RelocateError::Change(error)),
        (_, Err(TryWriteError::Write(error))) | (Err(error), Ok(_)) => {
            Err(RelocateError::Write(error))
        }
        (Ok(left), Ok(entered)) => Ok((left, entered)),
    }
}

/// Nothing was moved.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RelocateError<E> {
    /// There is no scope of this name.
    NoSuchScope(String),
    /// Both are the same scope.
    SameScope,
    /// One of the scopes cannot be written.
    Write(WriteError),
    /// The change itself failed.
    Change(E),
}

impl<E: fmt::Display> fmt::Display for RelocateError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchScope(name) => write!(f, "there is no scope {name:?}: add it first"),
            Self::SameScope => f.write_str("what moves has to go to another scope than it is in"),
            Self::Write(error) => error.fmt(f),
            Self::Change(error) => error.fmt(f),
        }
    }
}

impl<E: fmt::Debug + fmt::Display> core::error::Error for RelocateError<E> {}
