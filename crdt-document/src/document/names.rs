//! Which names there are, and how they are used.

use alloc::collections::btree_map;
use alloc::sync::Arc;
use core::iter::FusedIterator;
use core::slice;

use super::Document;
use crate::Kind;
use crate::index::{Members, Uses};
use crate::read::{Counter, GSet, MvRegister, PnCounter, Register, Set};

impl Document {
    /// The counter of this name, to be read. One that nobody has counted in is 0.
    pub fn counter(&self, name: &str) -> Counter<'_> {
        Counter::new(self, name)
    }

    /// The counter of this name that goes up and down and can be reset, to be read. One that nobody
    /// has counted in is 0.
    pub fn pn_counter(&self, name: &str) -> PnCounter<'_> {
        PnCounter::new(self, name)
    }

    /// The grow-only set of this name, to be read. One that nobody has added to is empty.
    pub fn g_set(&self, name: &str) -> GSet<'_> {
        GSet::new(self, name)
    }

    /// The set of this name, whose elements come and go, to be read. One that nobody has added to
    /// is empty.
    pub fn set(&self, name: &str) -> Set<'_> {
        Set::new(self, name)
    }

    /// The register of this name, of which the last write stays, to be read.
    pub fn register(&self, name: &str) -> Register<'_> {
        Register::new(self, name)
    }

    /// The register of this name that keeps concurrent writes, to be read.
    pub fn mv_register(&self, name: &str) -> MvRegister<'_> {
        MvRegister::new(self, name)
    }

    /// How many names there are. Cost: O(1).
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there is no name. A document from which all was removed is empty and yet not bottom:
    /// it knows of the removals.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the name is used, as whatever kind.
    ///
    /// A counter that was reset is still there and reads 0: what was counted in it is known, so
    /// that it does not come back.
    pub fn contains(&self, name: &str) -> bool {
        self.index.uses(name).is_some()
    }

    /// The names, in order.
    pub fn names(&self) -> Names<'_> {
        Names(self.index.iter())
    }

    /// The names with their kinds, in order: `(name, kind)`, a name with two kinds twice.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Kind)> {
        self.index
            .iter()
            .flat_map(|(name, uses)| Kinds::of(Some(uses)).map(move |kind| (&**name, kind)))
    }

    /// How a name is used, in the order of kinds: as nothing, as one kind, or in conflict as more.
    pub fn kinds(&self, name: &str) -> Kinds<'_> {
        Kinds::of(self.index.uses(name).map(|(_, uses)| uses))
    }

    /// The names that are used as more than one kind, in order, each with its kinds. Both uses are
    /// kept; [`Transaction::remove_kind`](crate::Transaction::remove_kind) ends a conflict.
    ///
    /// Cost: where there is none O(1), else O(names).
    pub fn conflicts(&self) -> Conflicts<'_> {
        Conflicts { names: self.index.iter(), left: self.index.conflicts() }
    }
}

/// The names of a [`Document`], in order.
#[derive(Clone, Debug)]
pub struct Names<'a>(btree_map::Iter<'a, Arc<str>, Uses>);

impl<'a> Iterator for Names<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.0.next().map(|(name, _)| &**name)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Names<'_> {}
impl FusedIterator for Names<'_> {}

/// How a name of a [`Document`] is used, in the order of kinds.
#[derive(Clone, Debug)]
pub struct Kinds<'a>(slice::Iter<'a, Members>);

impl<'a> Kinds<'a> {
    fn of(uses: Option<&'a Uses>) -> Self {
        Self(uses.map(|uses| &**uses).unwrap_or_default().iter())
    }
}

impl Iterator for Kinds<'_> {
    type Item = Kind;

    fn next(&mut self) -> Option<Kind> {
        self.0.next().map(Members::kind)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Kinds<'_> {}
impl FusedIterator for Kinds<'_> {}

/// The names of a [`Document`] that are used as more than one kind, with their kinds.
#[derive(Clone, Debug)]
pub struct Conflicts<'a> {
    names: btree_map::Iter<'a, Arc<str>, Uses>,
    left: usize,
}

impl<'a> Iterator for Conflicts<'a> {
    type Item = (&'a str, Kinds<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let (name, uses) = self.names.find(|(_, uses)| uses.len() > 1)?;
        Some((name, Kinds::of(Some(uses))))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Conflicts<'_> {}
impl FusedIterator for Conflicts<'_> {}
