//! Which of the own writes nobody can hold against this replica.

use alloc::collections::VecDeque;

/// So many claims are kept one by one; beyond that the latest are joined.
const MOST: usize = 4_096;

/// What is claimed in the own name: what was there at the opening, and what has been written since,
/// as far as a peer has acknowledged it. Should the id turn out to be in use twice, the rest is
/// taken back and written anew.
#[derive(Clone, Debug)]
pub(crate) struct Claims<S> {
    /// Those that were there at the opening.
    former: S,
    shared: S,
    /// Up to this log position.
    position: u64,
    /// The claims of later writes, by the log position after them.
    later: VecDeque<(u64, S)>,
}

impl<S: crate::Lattice> Claims<S> {
    pub(crate) fn new(former: S, position: u64) -> Self {
        Self { shared: former.clone(), former, position, later: VecDeque::new() }
    }

    /// What was claimed at the opening.
    pub(crate) const fn former(&self) -> &S {
        &self.former
    }

    /// What is shared, and up to which log position.
    pub(crate) const fn shared(&self) -> (&S, u64) {
        (&self.shared, self.position)
    }

    /// A write has been made.
    pub(crate) fn push(&mut self, position: u64, claims: S) {
        if self.later.len() < MOST {
            self.later.push_back((position, claims));
        } else if let Some((last, joined)) = self.later.back_mut() {
            joined.merge(claims);
            *last = position;
        }
    }

    /// A peer has the log up to `position`.
    pub(crate) fn acknowledge(&mut self, position: u64) {
        self.position = self.position.max(position);
        while self.later.front().is_some_and(|(at, _)| *at <= position) {
            let Some((_, claims)) = self.later.pop_front() else { break };
            self.shared.merge(claims);
        }
    }
}
