//! Configurations, breadth first.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use hashbrown::{HashMap, HashSet};

use super::super::failure::Violation;
use super::super::name::Name;
use super::super::trace::Origin;
use super::super::{Author, Model};
use super::Exhausted;
use super::table::{Id, Labels, Table};
use crate::Timestamp;

/// A moment of a run: what the replicas hold, how often each has changed something, and the deltas
/// made so far, in ascending order.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Configuration {
    states: Vec<Id>,
    changes: Vec<u32>,
    deltas: Vec<Id>,
}

impl Configuration {
    /// The states in it, without repetition.
    fn members(&self) -> Vec<Id> {
        let mut members: Vec<Id> = self.states.iter().chain(&self.deltas).copied().collect();
        members.sort_unstable();
        members.dedup();
        members
    }

    fn with_state(&self, place: usize, state: Id) -> Self {
        let mut next = self.clone();
        next.states[place] = state;
        next
    }
}

#[derive(Clone, Copy)]
enum Step {
    Write { at: usize, operation: usize, delta: Id },
    WholeState { from: usize, to: usize },
    Delta { delta: Id, to: usize },
}

/// Something, or a broken law and the steps to it.
type Outcome<T> = Result<T, (Violation, Vec<String>)>;

/// A configuration and how it was reached first.
struct Visited {
    configuration: Configuration,
    from: Option<(usize, Step)>,
}

pub(super) struct Search<'a, M: Model> {
    operations: &'a [M::Operation],
    table: Table<M>,
    applied: HashMap<(Id, usize, u32, usize), (Id, Id), ahash::RandomState>,
    visited: Vec<Visited>,
    known: HashSet<Configuration, ahash::RandomState>,
    replicas: usize,
}

impl<'a, M: Model> Search<'a, M> {
    pub(super) fn new(replicas: usize, operations: &'a [M::Operation]) -> Self {
        let hasher = || ahash::RandomState::with_seeds(1, 2, 3, 4);
        Self {
            operations,
            table: Table::new(),
            applied: HashMap::with_hasher(hasher()),
            visited: Vec::new(),
            known: HashSet::with_hasher(hasher()),
            replicas,
        }
    }

    /// All configurations of at most `depth` steps.
    pub(super) fn run(mut self, depth: usize) -> Outcome<Exhausted> {
        let bottom = self.table.id(M::State::default()).map_err(|found| (found, Vec::new()))?;
        let start = Configuration {
            states: alloc::vec![bottom; self.replicas],
            changes: alloc::vec![0; self.replicas],
            deltas: Vec::new(),
        };
        self.enter(start, None)?;
        let mut level = 0..1;
        for _ in 0..depth {
            for place in level.clone() {
                for (next, step) in self.steps(place)? {
                    self.enter(next, Some((place, step)))?;
                }
            }
            level = level.end..self.visited.len();
        }
        Ok(Exhausted {
            configurations: self.visited.len(),
            pairs: self.table.pairs(),
            states: self.table.states(),
        })
    }

    /// What can follow.
    fn steps(&mut self, place: usize) -> Outcome<Vec<(Configuration, Step)>> {
        let here = self.visited[place].configuration.clone();
        let mut next = Vec::new();
        for at in 0..self.replicas {
            for operation in 0..self.operations.len() {
                let (after, delta) = self.apply(&here, at, operation).map_err(|found| {
                    let line = format!("{} writes {:?}", Name::of(at), self.operations[operation]);
                    (found, self.story(place).into_iter().chain([line]).collect())
                })?;
                let mut configuration = here.with_state(at, after);
                if !self.table.is_bottom(delta) {
                    configuration.changes[at] += 1;
                    if let Err(place) = configuration.deltas.binary_search(&delta) {
                        configuration.deltas.insert(place, delta);
                    }
                }
                next.push((configuration, Step::Write { at, operation, delta }));
            }
        }
        for to in 0..self.replicas {
            let whole = (0..self.replicas).filter(|from| *from != to);
            let whole = whole.map(|from| (here.states[from], Step::WholeState { from, to }));
            let single =
                here.deltas.iter().map(|delta| (*delta, Step::Delta { delta: *delta, to }));
            for (arriving, step) in whole.chain(single) {
                let joined = self.table.join(here.states[to], arriving);
                let joined = joined.map_err(|found| (found, self.story(place)))?;
                next.push((here.with_state(to, joined), step));
            }
        }
        Ok(next)
    }

    fn apply(
        &mut self,
        here: &Configuration,
        at: usize,
        operation: usize,
    ) -> Result<(Id, Id), Violation> {
        let (state, changes) = (here.states[at], here.changes[at]);
        let key = (state, at, changes, operation);
        if let Some(known) = self.applied.get(&key) {
            return Ok(*known);
        }
        let author = Author {
            replica: Name::of(at).id(0),
            timestamp: Timestamp::from_bits(u64::from(changes) + 1),
        };
        let applied = self.table.apply(state, &author, &self.operations[operation])?;
        self.applied.insert(key, applied);
        Ok(applied)
    }

    /// Notes a configuration that is new and checks what is new in it.
    fn enter(&mut self, configuration: Configuration, from: Option<(usize, Step)>) -> Outcome<()> {
        if !self.known.insert(configuration.clone()) {
            return Ok(());
        }
        let before = from.map(|(place, _)| self.visited[place].configuration.members());
        let before = before.unwrap_or_default();
        let members = configuration.members();
        self.visited.push(Visited { configuration, from });
        if self.check(&members, &before, &Labels::new()).is_ok() {
            return Ok(());
        }
        let place = self.visited.len() - 1;
        let (story, labels) = (self.story(place), self.labels(place));
        match self.check(&members, &before, &labels) {
            Ok(()) => Ok(()),
            Err(found) => Err((found, story)),
        }
    }

    /// Checks all pairs and triples but those that were there before.
    fn check(&mut self, members: &[Id], before: &[Id], labels: &Labels) -> Result<(), Violation> {
        let is_new = |id: &Id| before.binary_search(id).is_err();
        for p in members {
            for s in members {
                if is_new(p) || is_new(s) {
                    self.table.check_pair(*p, *s, labels)?;
                }
            }
        }
        for (place, a) in members.iter().enumerate() {
            for (further, b) in members.iter().enumerate().skip(place + 1) {
                for c in &members[further + 1..] {
                    if is_new(a) || is_new(b) || is_new(c) {
                        self.table.check_triple([*a, *b, *c], labels)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The steps to a configuration, first to last.
    fn path(&self, mut place: usize) -> Vec<Step> {
        let mut steps = Vec::new();
        while let Some((from, step)) = self.visited[place].from {
            steps.push(step);
            place = from;
        }
        steps.reverse();
        steps
    }

    /// The deltas made on the way to a configuration, first to last.
    fn deltas(&self, place: usize) -> Vec<Id> {
        let steps = self.path(place).into_iter();
        steps
            .filter_map(
                |step| if let Step::Write { delta, .. } = step { Some(delta) } else { None },
            )
            .collect()
    }

    fn story(&self, place: usize) -> Vec<String> {
        let deltas = self.deltas(place);
        let number = |delta| deltas.iter().position(|made| *made == delta).map_or(0, |n| n + 1);
        let line = |step| match step {
            Step::Write { at, operation, delta } => format!(
                "{} writes {:?}: delta #{}",
                Name::of(at),
                self.operations[operation],
                number(delta)
            ),
            Step::WholeState { from, to } => {
                format!("{}'s whole state reaches {}", Name::of(from), Name::of(to))
            }
            Step::Delta { delta, to } => {
                format!("delta #{} reaches {}", number(delta), Name::of(to))
            }
        };
        self.path(place).into_iter().map(line).collect()
    }

    fn labels(&self, place: usize) -> Labels {
        let states = self.visited[place].configuration.states.iter().enumerate();
        let states = states.map(|(at, state)| (*state, Origin::Replica(Name::of(at))));
        let deltas = self.deltas(place).into_iter().enumerate();
        let deltas = deltas.map(|(number, delta)| (delta, Origin::Deltas(alloc::vec![number])));
        states.chain(deltas).collect()
    }
}
