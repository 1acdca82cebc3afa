//! `Option<T>` adds a bottom below `T`: `None` has seen nothing, not even that there is a `T`.

use crate::{Admit, AdmitError, Change, Delta, Limits, Merge, Observe, ReplicaId};

impl<T: Merge> Merge for Option<T> {
    fn merge(&mut self, other: Self) -> bool {
        match (self.as_mut(), other) {
            (_, None) => false,
            (Some(mine), Some(theirs)) => mine.merge(theirs),
            (None, theirs) => {
                *self = theirs;
                true
            }
        }
    }

    fn merge_ref(&mut self, other: &Self) -> bool
    where
        Self: Clone,
    {
        match other {
            None => false,
            Some(_) => self.merge(other.clone()),
        }
    }
}

impl<T: Delta> Delta for Option<T> {
    type Digest = Option<T::Digest>;

    fn digest(&self) -> Self::Digest {
        self.as_ref().map(T::digest)
    }

    fn delta_since(&self, digest: &Self::Digest) -> Self {
        match (self, digest) {
            (None, _) => None,
            (Some(mine), None) => Some(mine.delta_since(&T::Digest::default())),
            (Some(mine), Some(theirs)) => {
                Some(mine.delta_since(theirs)).filter(|delta| !delta.is_bottom())
            }
        }
    }

    fn merge_novel(&mut self, other: Self) -> Self {
        match (self.as_mut(), other) {
            (_, None) => None,
            (Some(mine), Some(theirs)) => {
                Some(mine.merge_novel(theirs)).filter(|novel| !novel.is_bottom())
            }
            (None, Some(theirs)) => Some(self.insert(T::default()).merge_novel(theirs)),
        }
    }

    fn is_bottom(&self) -> bool {
        self.is_none()
    }
}

impl<T: Observe + Default> Observe for Option<T> {
    type Item = T::Item;

    fn merge_observed(&mut self, other: Self, observer: impl FnMut(Change<&Self::Item>)) -> bool {
        let Some(theirs) = other else { return false };
        let was_none = self.is_none();
        self.get_or_insert_with(T::default).merge_observed(theirs, observer) || was_none
    }
}

impl<T: Admit + Default> Admit for Option<T> {
    fn admit(
        &self,
        incoming: &Self,
        me: ReplicaId,
        now_ms: u64,
        limits: &Limits,
    ) -> Result<(), AdmitError> {
        match (self, incoming) {
            (_, None) => Ok(()),
            (Some(mine), Some(theirs)) => mine.admit(theirs, me, now_ms, limits),
            (None, Some(theirs)) => T::default().admit(theirs, me, now_ms, limits),
        }
    }
}
