//! `Option<T>` adds a bottom below `T`: `None` has seen nothing, not even that there is a `T`.

use crate::{
    Admit, AdmitError, Change, ContentKey, Delta, Limits, Merge, Observe, Parts, ReplicaId,
    Separated, Timestamp,
};

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

    fn merge_naming(&mut self, other: Self, name: &mut dyn FnMut(&str)) -> Self {
        match (self.as_mut(), other) {
            (Some(mine), Some(theirs)) => {
                Some(mine.merge_naming(theirs, name)).filter(|novel| !novel.is_bottom())
            }
            (None, Some(theirs)) => Some(self.insert(T::default()).merge_naming(theirs, name)),
            (_, None) => None,
        }
    }

    /// Those of what is there; that something is there is a part only if it is bottom.
    fn parts() -> Option<Parts<Self>> {
        T::parts().map(|_| Parts::new(name_parts, take_parts))
    }
}

fn name_of_bottom(key: ContentKey) -> u64 {
    key.name(|_| ())
}

#[allow(clippy::ref_option, reason = "the state is an option")]
fn name_parts<T: Delta>(option: &Option<T>, key: ContentKey, each: &mut dyn FnMut(u64)) {
    match (option, T::parts()) {
        (Some(state), _) if state.is_bottom() => each(name_of_bottom(key)),
        (Some(state), Some(parts)) => parts.name(state, key, each),
        _ => {}
    }
}

#[allow(clippy::ref_option, reason = "the state is an option")]
fn take_parts<T: Delta>(
    option: &Option<T>,
    key: ContentKey,
    wanted: &dyn Fn(u64) -> bool,
) -> Option<T> {
    let state = option.as_ref()?;
    if state.is_bottom() {
        return wanted(name_of_bottom(key)).then(T::default);
    }
    let taken = T::parts()?.take(state, key, wanted);
    Some(taken).filter(|taken| !taken.is_bottom())
}

impl<T: Observe + Default> Observe for Option<T> {
    type Item = T::Item;

    fn merge_observed(&mut self, other: Self, observer: impl FnMut(Change<&Self::Item>)) -> bool {
        let Some(theirs) = other else { return false };
        let was_none = self.is_none();
        self.get_or_insert_with(T::default).merge_observed(theirs, observer) || was_none
    }
}

impl<T: Admit + Delta> Admit for Option<T> {
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

    fn newest(&self) -> Option<Timestamp> {
        self.as_ref().and_then(T::newest)
    }

    fn separate(&self, incoming: Self, now_ms: u64, limits: &Limits) -> Separated<Self> {
        let Some(theirs) = incoming else { return Separated { now: None, later: None } };
        let apart = match self {
            Some(mine) => mine.separate(theirs, now_ms, limits),
            None => T::default().separate(theirs, now_ms, limits),
        };
        // What waits says itself that there is something.
        let later = apart.later.map(|(later, newest)| (Some(later), newest));
        Separated { now: Some(apart.now), later }
    }

    fn claims_of(&self, me: ReplicaId) -> Self {
        self.as_ref().map(|mine| mine.claims_of(me)).filter(|claims| !claims.is_bottom())
    }

    fn renew(&mut self, from: ReplicaId, to: ReplicaId, mark: &Self) -> Self {
        let nothing = T::default();
        let mark = mark.as_ref().unwrap_or(&nothing);
        self.as_mut().map(|mine| mine.renew(from, to, mark)).filter(|anew| !anew.is_bottom())
    }
}
