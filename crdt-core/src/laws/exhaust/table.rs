//! Every state once: joins, deltas and laws as lookups.

use alloc::vec::Vec;

use hashbrown::{HashMap, HashSet};

use super::super::check::delta::{self, Exchange};
use super::super::check::reconcile;
use super::super::check::{encoding, join, semilattice};
use super::super::failure::Violation;
use super::super::trace::{Origin, Sample};
use super::super::{Author, Law, Model};
use crate::{Delta, Wire};

/// A state, by the order of its first appearance.
pub(super) type Id = u32;

type Hasher = ahash::RandomState;

/// What the states of an evidence are called.
pub(super) type Labels = Vec<(Id, Origin)>;

/// All states met so far, their joins, and what has been checked.
pub(super) struct Table<M: Model> {
    samples: Vec<Sample<M::State>>,
    ids: HashMap<Vec<u8>, Id, Hasher>,
    joins: HashMap<(Id, Id), Id, Hasher>,
    /// The pairs that have been checked, with what the second sends to the first.
    deltas: HashMap<(Id, Id), Id, Hasher>,
    /// The triples that have been checked.
    triples: HashSet<[Id; 3], Hasher>,
}

impl<M: Model> Table<M> {
    pub(super) fn new() -> Self {
        let hasher = || Hasher::with_seeds(1, 2, 3, 4);
        Self {
            samples: Vec::new(),
            ids: HashMap::with_hasher(hasher()),
            joins: HashMap::with_hasher(hasher()),
            deltas: HashMap::with_hasher(hasher()),
            triples: HashSet::with_hasher(hasher()),
        }
    }

    pub(super) const fn states(&self) -> usize {
        self.samples.len()
    }

    pub(super) fn pairs(&self) -> usize {
        self.deltas.len()
    }

    pub(super) fn is_bottom(&self, id: Id) -> bool {
        self.state(id).is_bottom()
    }

    fn state(&self, id: Id) -> &M::State {
        &self.samples[id as usize].state
    }

    /// The state under the name that it has where it is looked at.
    fn sample(&self, id: Id, labels: &Labels) -> Sample<M::State> {
        let known = &self.samples[id as usize];
        let label = labels.iter().find(|(labelled, _)| *labelled == id);
        let origin = label.map_or(Origin::Bottom, |(_, origin)| origin.clone());
        Sample { origin, state: known.state.clone(), bytes: known.bytes.clone() }
    }

    /// The number of this state.
    pub(super) fn id(&mut self, state: M::State) -> Result<Id, Violation> {
        let bytes = state.encode();
        if let Some(id) = self.ids.get(&bytes) {
            let known = self.state(*id);
            encoding::same::<M>("state", (known, &bytes), (&state, &bytes))?;
            return Ok(*id);
        }
        let id = Id::try_from(self.samples.len()).expect("fewer than 2^32 states are in memory");
        self.ids.insert(bytes.clone(), id);
        let sample = Sample { origin: Origin::Bottom, state, bytes };
        encoding::round_trip::<M>(&sample)?;
        semilattice::alone::<M>(&sample)?;
        delta::alone::<M>(&sample)?;
        reconcile::alone::<M>(&sample)?;
        self.samples.push(sample);
        Ok(id)
    }

    /// Applies an operation: the state and the delta that come of it.
    pub(super) fn apply(
        &mut self,
        before: Id,
        author: &Author,
        operation: &M::Operation,
    ) -> Result<(Id, Id), Violation> {
        let mut after = self.state(before).clone();
        let delta = M::apply(&mut after, author, operation);
        let (after, delta) = (self.id(after)?, self.id(delta)?);
        let merged = self.join(before, delta)?;
        if merged != after {
            return Err(Violation::of(Law::MutatorIsMerge)
                .with("state before", self.state(before))
                .with("operation", operation)
                .with("state after", self.state(after))
                .with("returned delta", self.state(delta))
                .with("before ⊔ delta", self.state(merged)));
        }
        Ok((after, delta))
    }

    pub(super) fn join(&mut self, a: Id, b: Id) -> Result<Id, Violation> {
        if a == b {
            return Ok(a);
        }
        if let Some(joined) = self.joins.get(&(a, b)) {
            return Ok(*joined);
        }
        let joined = join(self.state(a), self.state(b));
        let joined = self.id(joined)?;
        self.joins.insert((a, b), joined);
        Ok(joined)
    }

    /// Checks the laws of two states, in this order.
    pub(super) fn check_pair(&mut self, p: Id, s: Id, labels: &Labels) -> Result<(), Violation> {
        if self.deltas.contains_key(&(p, s)) {
            return Ok(());
        }
        let (one, other) = (self.sample(p, labels), self.sample(s, labels));
        encoding::distinct::<M>(&one, &other)?;
        semilattice::told::<M>(&one, &other)?;
        semilattice::commutes::<M>(&one, &other)?;
        let exchange = Exchange::<M>::between(&one, &other)?;
        exchange.check()?;
        reconcile::pair::<M>(&one, &other)?;
        let sent = self.id(exchange.delta)?;
        self.deltas.insert((p, s), sent);
        Ok(())
    }

    /// Checks the laws of three states, the pairs of which have been checked.
    pub(super) fn check_triple(
        &mut self,
        triple: [Id; 3],
        labels: &Labels,
    ) -> Result<(), Violation> {
        if self.triples.contains(&triple) {
            return Ok(());
        }
        let [a, b, c] = triple;
        self.check_associative(triple, labels)?;
        for triple in [[a, b, c], [a, c, b], [b, a, c], [b, c, a], [c, a, b], [c, b, a]] {
            self.check_least(triple, labels)?;
        }
        self.triples.insert(triple);
        Ok(())
    }

    fn check_associative(&mut self, [a, b, c]: [Id; 3], labels: &Labels) -> Result<(), Violation> {
        let (ab, bc, ac) = (self.join(a, b)?, self.join(b, c)?, self.join(a, c)?);
        let all = self.join(ab, c)?;
        if all == self.join(a, bc)? && all == self.join(ac, b)? {
            return Ok(());
        }
        // Found by numbers, shown with the states.
        let [a, b, c] = [a, b, c].map(|id| self.sample(id, labels));
        semilattice::associates::<M>(&a, &b, &c)?;
        semilattice::associates::<M>(&a, &c, &b)
    }

    fn check_least(&mut self, [p, s, x]: [Id; 3], labels: &Labels) -> Result<(), Violation> {
        let sent = self.deltas[&(p, s)];
        if self.join(p, s)? != self.join(p, x)? || self.join(x, sent)? == x {
            return Ok(());
        }
        let [p, s, x] = [p, s, x].map(|id| self.sample(id, labels));
        Exchange::<M>::between(&p, &s)?.check_least(&x)
    }
}
