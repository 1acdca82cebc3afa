//! The counter that goes both ways: `PN-Counter` of Shapiro, Preguiça, Baquero and Zawirski 2011,
//! section 3.1.3, as delta-state (Almeida, Shoker, Baquero 2018, on delta counters).

use crdt_core::ReplicaId;

use crate::CounterOverflow;
use crate::lattice::counter;
use crate::tallies::Tallies;

const INCREMENTS: usize = 0;
const DECREMENTS: usize = 1;

/// A counter that goes up and down: likes, seats taken, items in stock.
///
/// It holds two totals per replica, of what was added and of what was taken away. Each only grows,
/// so each joins by maximum, and the value is the difference of their sums. The value may fall
/// below zero: replicas that count down at once cannot know of one another.
///
/// A mutation costs O(log replicas), its delta is one total of one row, and neither the delta nor a
/// counter of up to two replicas allocates. Size: 32 bytes for each replica that ever counted; an
/// entry never goes away.
///
/// With the feature `serde` it is a map from replica to totals:
/// `{"<uuid>": {"increments": 100, "decrements": 3}}`. The totals are JSON numbers, which readers
/// in JavaScript hold exactly up to 2^53.
///
/// # Examples
///
/// ```
/// use crdt_counters::{Merge, PnCounter, ReplicaId};
///
/// let (eu, us) = (ReplicaId::from_u128(1), ReplicaId::from_u128(2));
///
/// let mut likes = PnCounter::new();
/// likes.increment_by(eu, 100)?;
///
/// let mut elsewhere = PnCounter::new();
/// likes.merge(elsewhere.decrement_by(us, 3)?);
/// assert_eq!(likes.value(), 97);
/// # Ok::<(), crdt_counters::CounterOverflow>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PnCounter {
    pub(crate) tallies: Tallies<2>,
}

impl PnCounter {
    /// The counter that has counted nothing.
    pub const fn new() -> Self {
        Self { tallies: Tallies::new() }
    }

    /// Adds one; returns the change.
    ///
    /// # Errors
    ///
    /// As [`increment_by`](PnCounter::increment_by).
    pub fn increment(&mut self, me: ReplicaId) -> Result<Self, CounterOverflow> {
        self.increment_by(me, 1)
    }

    /// Adds `amount`; returns the change, bottom if the amount is 0.
    ///
    /// # Errors
    ///
    /// When all that `me` has added would exceed `u64::MAX`; then nothing was changed.
    pub fn increment_by(&mut self, me: ReplicaId, amount: u64) -> Result<Self, CounterOverflow> {
        self.tallies.count(me, INCREMENTS, amount).map(|tallies| Self { tallies })
    }

    /// Takes one away; returns the change.
    ///
    /// # Errors
    ///
    /// As [`decrement_by`](PnCounter::decrement_by).
    pub fn decrement(&mut self, me: ReplicaId) -> Result<Self, CounterOverflow> {
        self.decrement_by(me, 1)
    }

    /// Takes `amount` away; returns the change, bottom if the amount is 0.
    ///
    /// # Errors
    ///
    /// When all that `me` has taken away would exceed `u64::MAX`; then nothing was changed.
    pub fn decrement_by(&mut self, me: ReplicaId, amount: u64) -> Result<Self, CounterOverflow> {
        self.tallies.count(me, DECREMENTS, amount).map(|tallies| Self { tallies })
    }

    /// What all replicas have added less what they have taken away. Cost: O(replicas).
    ///
    /// It cannot overflow: that would take 2^63 replicas.
    pub fn value(&self) -> i128 {
        self.iter().map(|(_, net)| net).sum()
    }

    /// What one replica has added less what it has taken away, as far as is known here.
    /// Cost: O(log replicas).
    pub fn get(&self, replica: ReplicaId) -> i128 {
        net(self.tallies.get(replica))
    }

    /// The replicas that have counted, ascending, and what each has added less what it has taken
    /// away.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (ReplicaId, i128)> {
        self.tallies.rows().map(|(replica, totals)| (replica, net(totals)))
    }
}

fn net([increments, decrements]: [u64; 2]) -> i128 {
    i128::from(increments) - i128::from(decrements)
}

counter!(PnCounter, i128, [INCREMENTS, DECREMENTS]);
