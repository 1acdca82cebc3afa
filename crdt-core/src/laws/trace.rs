//! The states that a run reached.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use quickcheck::Gen;

use super::Model;
use super::failure::Violation;
use super::name::Name;
use super::random::{below, subset};
use crate::{Merge, Wire};

/// What a run leaves behind to check the laws on.
pub(super) struct Trace<M: Model> {
    /// The states of replicas, after every step that touched one.
    pub(super) reached: Vec<(Origin, M::State)>,
    /// What the mutators returned.
    pub(super) deltas: Vec<M::State>,
    /// The operations in the order in which they were applied.
    pub(super) operations: Vec<M::Operation>,
    /// The replicas at the end, by name.
    pub(super) finals: Vec<(String, M::State)>,
}

/// Where a state comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Bottom,
    /// A replica after a line of the schedule.
    After {
        name: Name,
        line: usize,
    },
    /// Deltas joined, by number: what a replica holds that missed the others.
    Deltas(Vec<usize>),
    /// A replica at the end.
    Replica(Name),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bottom => f.write_str("bottom"),
            Self::Replica(name) => write!(f, "{name}"),
            Self::After { name, line } => write!(f, "{name} after {line}."),
            Self::Deltas(numbers) => {
                for (place, number) in numbers.iter().enumerate() {
                    write!(f, "{}#{}", if place == 0 { "delta " } else { " ⊔ " }, number + 1)?;
                }
                Ok(())
            }
        }
    }
}

/// A state to check laws on, with its bytes.
pub(super) struct Sample<S> {
    pub(super) origin: Origin,
    pub(super) state: S,
    pub(super) bytes: Vec<u8>,
}

impl Violation {
    /// With a sampled state, called `name` in the law.
    pub(super) fn with_sample<S: fmt::Debug>(self, name: &str, sample: &Sample<S>) -> Self {
        self.with(alloc::format!("{name} ({})", sample.origin), &sample.state)
    }
}

impl<M: Model> Trace<M> {
    pub(super) const fn new() -> Self {
        Self { reached: Vec::new(), deltas: Vec::new(), operations: Vec::new(), finals: Vec::new() }
    }

    /// At most `most` of the reachable states, no two with equal bytes: states of replicas at any
    /// time, single deltas, and joins of some of them.
    pub(super) fn sample(&self, generator: &mut Gen, most: usize) -> Vec<Sample<M::State>> {
        let mut found = alloc::vec![(Origin::Bottom, M::State::default())];
        found.extend(self.reached.iter().cloned());
        let deltas = self.deltas.iter().cloned().enumerate();
        found.extend(deltas.map(|(number, delta)| (Origin::Deltas(alloc::vec![number]), delta)));
        for _ in 0..most {
            let numbers = subset(generator, 0..self.deltas.len());
            let joined = self.join(&numbers);
            found.push((Origin::Deltas(numbers), joined));
        }
        let mut samples: Vec<Sample<M::State>> = Vec::new();
        while samples.len() < most && !found.is_empty() {
            let (origin, state) = found.swap_remove(below(generator, found.len()));
            let bytes = state.encode();
            if samples.iter().all(|sample| sample.bytes != bytes) {
                samples.push(Sample { origin, state, bytes });
            }
        }
        samples
    }

    /// These deltas, merged into bottom in this order.
    pub(super) fn join(&self, numbers: &[usize]) -> M::State {
        let mut joined = M::State::default();
        for number in numbers {
            joined.merge_ref(&self.deltas[*number]);
        }
        joined
    }
}
