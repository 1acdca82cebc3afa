//! The grow-only counter: `G-Counter` of Shapiro, Preguiça, Baquero and Zawirski 2011, section
//! 3.1.2, as delta-state (Almeida, Shoker, Baquero 2018, on delta counters).

use crdt_core::ReplicaId;

use crate::CounterOverflow;
use crate::lattice::counter;
use crate::tallies::Tallies;

/// A counter that only grows: page views, downloads, bytes served.
///
/// It holds one total per replica that has counted. A replica raises its own, the join takes the
/// greater of two, and the value is their sum, so that every increment counts exactly once however
/// often the state is merged.
///
/// An increment costs O(log replicas), its delta is one row, and neither the delta nor a counter of
/// up to two replicas allocates. Size: 24 bytes for each replica that ever counted; an entry never
/// goes away, so a counter grows with the number of replica ids, not with what is counted.
///
/// With the feature `serde` it is a map from replica to total: `{"<uuid>": 50}`. The totals are
/// JSON numbers, which readers in JavaScript hold exactly up to 2^53.
///
/// # Examples
///
/// ```
/// use crdt_counters::{GCounter, Merge, ReplicaId};
///
/// let (eu, us) = (ReplicaId::from_u128(1), ReplicaId::from_u128(2));
///
/// let mut views = GCounter::new();
/// views.increment_by(eu, 50)?;
///
/// let mut elsewhere = GCounter::new();
/// let delta = elsewhere.increment_by(us, 30)?;
///
/// assert!(views.merge(delta.clone()));
/// assert!(!views.merge(delta), "nothing new");
/// assert_eq!(views.value(), 80);
/// # Ok::<(), crdt_counters::CounterOverflow>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct GCounter {
    pub(crate) tallies: Tallies<1>,
}

impl GCounter {
    /// The counter that has counted nothing.
    pub const fn new() -> Self {
        Self { tallies: Tallies::new() }
    }

    /// Counts one; returns the change.
    ///
    /// # Errors
    ///
    /// As [`increment_by`](GCounter::increment_by).
    pub fn increment(&mut self, me: ReplicaId) -> Result<Self, CounterOverflow> {
        self.increment_by(me, 1)
    }

    /// Counts `amount`; returns the change, bottom if the amount is 0.
    ///
    /// # Errors
    ///
    /// When the total of `me` would exceed `u64::MAX`; then nothing was changed.
    pub fn increment_by(&mut self, me: ReplicaId, amount: u64) -> Result<Self, CounterOverflow> {
        self.tallies.count(me, 0, amount).map(|tallies| Self { tallies })
    }

    /// What all replicas have counted. Cost: O(replicas).
    ///
    /// It cannot overflow: that would take 2^64 replicas.
    pub fn value(&self) -> u128 {
        self.iter().map(|(_, total)| u128::from(total)).sum()
    }

    /// What one replica has counted, as far as is known here. Cost: O(log replicas).
    pub fn get(&self, replica: ReplicaId) -> u64 {
        let [total] = self.tallies.get(replica);
        total
    }

    /// The replicas that have counted, ascending, and their totals.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (ReplicaId, u64)> {
        self.tallies.rows().map(|(replica, [total])| (replica, total))
    }
}

counter!(GCounter, u128, [0]);
