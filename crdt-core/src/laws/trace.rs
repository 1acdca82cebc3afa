//! The states that a run reached.

use alloc::vec::Vec;
use core::fmt;

use quickcheck::Gen;

use super::failure::Violation;
use super::name::Name;
use super::random::{below, subset};
use super::{Author, Model};
use crate::{Merge, ReplicaId, Wire};

/// For each state that is looked at, at most so many are drawn: some repeat others.
const DRAWS: usize = 3;

/// What a run leaves behind to check the laws on.
pub(super) struct Trace<M: Model> {
    /// The states of replicas, after every step that touched one.
    pub(super) reached: Vec<(Origin, M::State)>,
    /// What the mutators returned.
    pub(super) deltas: Vec<M::State>,
    /// The writes that changed something.
    pub(super) writes: Vec<Write<M>>,
    /// The states that arrived at replicas.
    pub(super) deliveries: Vec<Delivery<M::State>>,
    /// The operations in the order in which they were applied.
    pub(super) operations: Vec<M::Operation>,
    /// The replicas at the end.
    pub(super) finals: Vec<Sample<M::State>>,
}

/// A write, and what its writer held.
pub(super) struct Write<M: Model> {
    pub(super) author: Author,
    pub(super) operation: M::Operation,
    /// The writer's wall clock.
    pub(super) now_ms: u64,
    pub(super) before: Sample<M::State>,
    pub(super) delta: M::State,
    pub(super) after: M::State,
    /// The state that the writer had persisted last.
    pub(super) persisted: Vec<u8>,
}

/// A state that arrived at a replica, before it was merged.
pub(super) struct Delivery<S> {
    pub(super) me: ReplicaId,
    /// The receiver's wall clock.
    pub(super) now_ms: u64,
    pub(super) held: Sample<S>,
    pub(super) arrived: S,
}

/// Where a state comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    Bottom,
    /// A replica before a line of the schedule.
    Before {
        name: Name,
        line: usize,
    },
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
            Self::Before { name, line } => write!(f, "{name} before {line}."),
            Self::After { name, line } => write!(f, "{name} after {line}."),
            Self::Deltas(numbers) if numbers.is_empty() => f.write_str("no delta"),
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

impl<S: Wire> Sample<S> {
    pub(super) fn new(origin: Origin, state: S) -> Self {
        let bytes = state.encode();
        Self { origin, state, bytes }
    }
}

impl Violation {
    /// With a sampled state, called `name` in the law.
    pub(super) fn with_sample<S: fmt::Debug>(self, name: &str, sample: &Sample<S>) -> Self {
        self.with(alloc::format!("{name} ({})", sample.origin), &sample.state)
    }
}

impl<M: Model> Trace<M> {
    pub(super) const fn new() -> Self {
        Self {
            reached: Vec::new(),
            deltas: Vec::new(),
            writes: Vec::new(),
            deliveries: Vec::new(),
            operations: Vec::new(),
            finals: Vec::new(),
        }
    }

    /// At most `most` of the reachable states, no two with equal bytes: states of replicas at any
    /// time, single deltas, and joins of some of them.
    pub(super) fn sample(&self, generator: &mut Gen, most: usize) -> Vec<Sample<M::State>> {
        let mut samples: Vec<Sample<M::State>> = Vec::new();
        for _ in 0..DRAWS * most {
            if samples.len() == most {
                break;
            }
            let (origin, state) = self.draw(generator);
            let drawn = Sample::new(origin, state);
            if samples.iter().all(|sample| sample.bytes != drawn.bytes) {
                samples.push(drawn);
            }
        }
        samples
    }

    fn draw(&self, generator: &mut Gen) -> (Origin, M::State) {
        let kind = below(generator, 16);
        let delta = below(generator, self.deltas.len());
        match (kind, generator.choose(&self.reached), self.deltas.get(delta)) {
            (1..=6, Some(reached), _) => reached.clone(),
            (7..=10, _, Some(state)) => (Origin::Deltas(alloc::vec![delta]), state.clone()),
            (11.., _, Some(_)) => {
                let all = 0..self.deltas.len();
                // Where every second one is lost, nothing of the others is superseded.
                let numbers =
                    if kind == 15 { all.step_by(2).collect() } else { subset(generator, all) };
                let joined = self.join(&numbers);
                (Origin::Deltas(numbers), joined)
            }
            _ => (Origin::Bottom, M::State::default()),
        }
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
