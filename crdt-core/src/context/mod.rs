//! The exact set of dots that a state has seen.

mod fmt;
mod ops;
mod runs;
#[cfg(feature = "serde")]
mod serde;
mod wire;
mod within;

use core::ops::RangeInclusive;

use smallvec::SmallVec;

use crate::{Dot, Merge, ReplicaId};

pub(crate) use runs::Runs;

/// An exact set of dots: per replica a prefix `1..=n`, and sorted runs beyond it.
///
/// A *causal context* (Almeida, Shoker, Baquero 2018, on causal contexts, after the dotted version
/// vectors of Preguiça et al. 2012) says which writes a state has seen, the values of which it
/// may no longer hold. It is exact: deltas arrive in any order, so there can be holes, and a
/// maximum per replica would claim writes that never arrived.
///
/// Size in memory: 40 bytes for each replica that ever wrote, and 16 for each of its runs if there
/// are several, however many dots. A replica's runs melt into one when the holes between them are
/// filled. An entry never goes away: a context
/// grows with the number of replica ids that ever wrote to the object.
///
/// # Examples
///
/// ```
/// use crdt_core::{CausalContext, Dot, ReplicaId};
///
/// let eu = ReplicaId::from_u128(1);
/// let dot = |counter| Dot::new(eu, counter).expect("within range");
///
/// let mut seen = CausalContext::new();
/// seen.insert(dot(1));
/// seen.insert(dot(3));
/// assert!(!seen.contains(dot(2)), "a hole is not seen");
/// assert_eq!(seen.runs(eu).collect::<Vec<_>>(), [1..=1, 3..=3]);
///
/// seen.insert(dot(2));
/// assert_eq!(seen.runs(eu).collect::<Vec<_>>(), [1..=3]);
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct CausalContext {
    /// Sorted by id; no entry is empty.
    replicas: SmallVec<[(ReplicaId, Runs); 1]>,
}

impl CausalContext {
    /// The empty context.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether no dot has been seen.
    pub fn is_empty(&self) -> bool {
        self.replicas.is_empty()
    }

    /// How many dots have been seen. Cost: O(replicas + runs).
    pub fn len(&self) -> u64 {
        self.entries().map(|(_, runs)| runs.len()).fold(0, u64::saturating_add)
    }

    /// Whether `dot` has been seen. Cost: O(log replicas + log runs).
    pub fn contains(&self, dot: Dot) -> bool {
        self.get(dot.replica).contains(dot.counter)
    }

    /// The greatest counter seen of `replica`; 0 when there is none.
    pub fn max(&self, replica: ReplicaId) -> u64 {
        self.get(replica).max()
    }

    /// The counter up to which every dot of `replica` has been seen; 0 when the first is missing.
    pub fn prefix(&self, replica: ReplicaId) -> u64 {
        self.get(replica).prefix()
    }

    /// The replicas that have written, in ascending order.
    pub fn replicas(&self) -> impl ExactSizeIterator<Item = ReplicaId> {
        self.replicas.iter().map(|(replica, _)| *replica)
    }

    /// The runs of counters seen of `replica`, in ascending order and neither overlapping nor
    /// adjacent.
    pub fn runs(&self, replica: ReplicaId) -> impl Iterator<Item = RangeInclusive<u64>> {
        self.get(replica).iter()
    }

    /// The dot that the next write of `replica` gets; `None` when its counters are used up, which
    /// takes 2^48 writes, or a forged state that was merged without
    /// [`admit`](crate::Admit::admit). Then go on under a new id.
    pub fn next(&self, replica: ReplicaId) -> Option<Dot> {
        Dot::new(replica, self.max(replica).saturating_add(1))
    }

    /// Adds one dot; tells whether it is new. Cost: O(log replicas + runs beyond it), constant at
    /// the end.
    pub fn insert(&mut self, dot: Dot) -> bool {
        self.entry(dot.replica).insert(dot.counter..=dot.counter)
    }

    /// Adds the dot that the [`next`](CausalContext::next) write of `replica` gets, and returns it.
    pub(crate) fn mint(&mut self, replica: ReplicaId) -> Option<Dot> {
        let place = match self.place(replica) {
            Ok(place) => place,
            Err(place) => {
                self.replicas.insert(place, (replica, Runs::default()));
                place
            }
        };
        let runs = &mut self.replicas[place].1;
        let dot = Dot::new(replica, runs.max().saturating_add(1))?;
        runs.push(dot.counter..=dot.counter);
        Some(dot)
    }

    /// Adds all dots of `replica` with these counters; tells whether any is new. Counters that no
    /// dot can have are left out. Cost: that of one dot, however wide the run.
    pub fn insert_run(&mut self, replica: ReplicaId, counters: RangeInclusive<u64>) -> bool {
        let (first, last) = counters.into_inner();
        let (first, last) = (first.max(1), last.min(Dot::MAX_COUNTER));
        first <= last && self.entry(replica).insert(first..=last)
    }

    /// Forgets the dots of `replica` beyond this counter.
    pub(crate) fn truncate(&mut self, replica: ReplicaId, beyond: u64) {
        let Ok(place) = self.place(replica) else { return };
        let mut kept = Runs::default();
        if beyond > 0 {
            kept.push(1..=beyond);
        }
        let left = self.replicas[place].1.intersection(&kept);
        if left.is_empty() {
            self.replicas.remove(place);
        } else {
            self.replicas[place].1 = left;
        }
    }

    /// The runs of `replica`, empty ones if it is not known.
    pub(crate) fn get(&self, replica: ReplicaId) -> &Runs {
        match self.place(replica) {
            Ok(place) => &self.replicas[place].1,
            Err(_) => Runs::empty(),
        }
    }

    pub(crate) fn entries(&self) -> impl ExactSizeIterator<Item = (ReplicaId, &Runs)> {
        self.replicas.iter().map(|(replica, runs)| (*replica, runs))
    }

    /// The runs of `replica`, to be added to: an entry is never left empty.
    pub(crate) fn entry(&mut self, replica: ReplicaId) -> &mut Runs {
        let place = self.place(replica).unwrap_or_else(|place| {
            self.replicas.insert(place, (replica, Runs::default()));
            place
        });
        &mut self.replicas[place].1
    }

    pub(crate) fn get_mut(&mut self, replica: ReplicaId) -> Option<&mut Runs> {
        self.place(replica).ok().map(|place| &mut self.replicas[place].1)
    }

    /// Adds the entries of replicas that have none yet; tells whether there are any.
    pub(crate) fn append(&mut self, others: Self) -> bool {
        let grown = !others.is_empty();
        match others.replicas.len() {
            0 => {}
            1 => {
                for (replica, runs) in others.replicas {
                    *self.entry(replica) = runs;
                }
            }
            _ => {
                self.replicas.extend(others.replicas);
                self.replicas.sort_unstable_by_key(|(replica, _)| *replica);
            }
        }
        grown
    }

    /// Adds runs of a replica that comes after all others, unless they are empty.
    pub(crate) fn push(&mut self, replica: ReplicaId, runs: Runs) {
        debug_assert!(self.replicas.last().is_none_or(|(last, _)| *last < replica));
        if !runs.is_empty() {
            self.replicas.push((replica, runs));
        }
    }

    fn place(&self, replica: ReplicaId) -> Result<usize, usize> {
        match self.replicas.as_slice() {
            [(only, _)] if *only == replica => Ok(0),
            replicas => replicas.binary_search_by_key(&replica, |(replica, _)| *replica),
        }
    }
}

impl Extend<Dot> for CausalContext {
    fn extend<I: IntoIterator<Item = Dot>>(&mut self, dots: I) {
        self.merge(dots.into_iter().collect());
    }
}

/// Cost: sorts the dots, unless they come in order, as those of one replica's writes do.
impl FromIterator<Dot> for CausalContext {
    fn from_iter<I: IntoIterator<Item = Dot>>(dots: I) -> Self {
        let mut dots: SmallVec<[Dot; 4]> = dots.into_iter().collect();
        if !dots.is_sorted() {
            dots.sort_unstable();
        }
        dots.dedup();
        let mut context = Self::new();
        for of_one in dots.chunk_by(|a, b| a.replica == b.replica) {
            context.push(of_one[0].replica, of_one.iter().map(|dot| dot.counter).collect());
        }
        context
    }
}

#[cfg(test)]
mod tests {
    use super::{ReplicaId, Runs};

    #[test]
    fn a_replica_takes_forty_bytes() {
        assert_eq!(size_of::<(ReplicaId, Runs)>(), 40);
    }
}
