//! Merging under the eyes of the application.

use crate::Merge;

/// Something that a merge brought, or took away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Change<T> {
    /// It was not there before the merge and is now.
    Appeared(T),
    /// It was there before the merge and is no longer.
    Vanished(T),
}

/// A lattice whose merge can report what it changes, so that an application can react.
pub trait Observe: Merge {
    /// What appears and vanishes: the element of a set, the value of a register or counter.
    type Item: ?Sized;

    /// Joins `other` into `self`, calling `observer` for every change; tells whether `self`
    /// changed.
    ///
    /// Where one merge both brings and takes, what appears is reported first. `self` may change
    /// without any item doing so, as when a removal is learned before the addition it removes.
    fn merge_observed(&mut self, other: Self, observer: impl FnMut(Change<&Self::Item>)) -> bool;
}
