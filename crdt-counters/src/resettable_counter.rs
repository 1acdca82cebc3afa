//! A counter with an observed reset.
//!
//! Totals as in the PN-Counter (Shapiro, Preguiça, Baquero, Zawirski 2011, section 3.1.3), and
//! beside each a *baseline*: up to where a reset has observed it. Both only grow and join by
//! maximum, so the whole is a product of maxima like any other counter's.
//!
//! "Observed reset" is the term of Weidner and Almeida 2022 (*An oblivious observed-reset embeddable
//! replicated counter*). Theirs is operation-based, relies on first-in-first-out delivery and is
//! oblivious: what was reset is forgotten. Ours is state-based, takes deltas in any order, any
//! number of times, and remembers: a row stays for every replica that ever counted. In exchange no
//! total ever restarts, so there is no generation to manage, as the state-based counter of Baquero,
//! Almeida and Lerche 2016 (*The problem with embedded CRDT counters and a solution*) asks of its
//! user, and no causal context to keep.

use core::array;

use crdt_core::ReplicaId;

use crate::CounterOverflow;
use crate::lattice::counter;
use crate::tallies::Tallies;

const INCREMENTS: usize = 0;
const DECREMENTS: usize = 1;
const SIDES: usize = 2;

/// A counter that goes up and down and can be set back to zero: unread messages, today's visits.
///
/// A reset removes exactly what the resetting replica had observed. Of concurrent increments just
/// those survive, on every replica and in every order of arrival; two concurrent resets are one.
///
/// It holds two totals per replica that never restart, of what was added and of what was taken
/// away, and two baselines that say how much of each has been reset. All four join by maximum; the
/// value is the sum of what exceeds its baseline. The value may fall below zero.
///
/// Counting costs O(log replicas), its delta is one total of one row, and neither the delta nor a
/// counter of up to two replicas allocates. A reset costs O(replicas); its delta holds the
/// baselines that it raised. Size: 48 bytes for each replica that ever counted; an entry never goes
/// away, by a reset neither.
///
/// With the feature `serde` it is a map from replica to totals: `{"<uuid>": {"increments": 100,
/// "decrements": 3, "reset_increments": 90, "reset_decrements": 0}}`. They are JSON numbers, which
/// readers in JavaScript hold exactly up to 2^53.
///
/// # Examples
///
/// ```
/// use crdt_counters::{Merge, ReplicaId, ResettableCounter};
///
/// let (eu, us) = (ReplicaId::from_u128(1), ReplicaId::from_u128(2));
///
/// let mut unread = ResettableCounter::new();
/// unread.increment_by(eu, 5)?;
/// let mut elsewhere = unread.clone();
///
/// // While us resets the five that it has seen, two more arrive in eu.
/// let reset = elsewhere.reset();
/// unread.increment_by(eu, 2)?;
///
/// unread.merge(reset);
/// assert_eq!(unread.value(), 2);
/// # Ok::<(), crdt_counters::CounterOverflow>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ResettableCounter {
    /// Increments, decrements, and the baselines of both.
    pub(crate) tallies: Tallies<4>,
}

impl ResettableCounter {
    /// The counter that has counted nothing.
    pub const fn new() -> Self {
        Self { tallies: Tallies::new() }
    }

    /// Adds one; returns the change.
    ///
    /// # Errors
    ///
    /// As [`increment_by`](ResettableCounter::increment_by).
    pub fn increment(&mut self, me: ReplicaId) -> Result<Self, CounterOverflow> {
        self.increment_by(me, 1)
    }

    /// Adds `amount`; returns the change, bottom if the amount is 0.
    ///
    /// # Errors
    ///
    /// When all that `me` has ever added, resets notwithstanding, would exceed `u64::MAX`; then
    /// nothing was changed.
    pub fn increment_by(&mut self, me: ReplicaId, amount: u64) -> Result<Self, CounterOverflow> {
        self.tallies.count(me, INCREMENTS, amount).map(|tallies| Self { tallies })
    }

    /// Takes one away; returns the change.
    ///
    /// # Errors
    ///
    /// As [`decrement_by`](ResettableCounter::decrement_by).
    pub fn decrement(&mut self, me: ReplicaId) -> Result<Self, CounterOverflow> {
        self.decrement_by(me, 1)
    }

    /// Takes `amount` away; returns the change, bottom if the amount is 0.
    ///
    /// # Errors
    ///
    /// When all that `me` has ever taken away, resets notwithstanding, would exceed `u64::MAX`;
    /// then nothing was changed.
    pub fn decrement_by(&mut self, me: ReplicaId, amount: u64) -> Result<Self, CounterOverflow> {
        self.tallies.count(me, DECREMENTS, amount).map(|tallies| Self { tallies })
    }

    /// Removes all that has been observed here, so that the value is 0; returns the change, bottom
    /// if there was nothing to remove since the last reset. Anyone may reset: it takes no replica
    /// id.
    pub fn reset(&mut self) -> Self {
        let mut tallies = Tallies::new();
        for (replica, row) in self.tallies.rows() {
            tallies.push(replica, raised_baselines(row));
        }
        self.tallies.merge_ref(&tallies);
        Self { tallies }
    }

    /// What has been added less what has been taken away, since the last reset that is known here.
    /// Cost: O(replicas).
    ///
    /// It cannot overflow: that would take 2^63 replicas.
    pub fn value(&self) -> i128 {
        self.iter().map(|(_, net)| net).sum()
    }

    /// What one replica has added less what it has taken away, since the last reset that is known
    /// here. Cost: O(log replicas).
    pub fn get(&self, replica: ReplicaId) -> i128 {
        net(self.tallies.get(replica))
    }

    /// The replicas that have ever counted, ascending, and what each has added less what it has
    /// taken away since the last reset.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (ReplicaId, i128)> {
        self.tallies.rows().map(|(replica, row)| (replica, net(row)))
    }
}

/// What exceeds its baseline, on both sides. A delta may bring a baseline before the total that it
/// was taken from.
fn net([increments, decrements, reset_increments, reset_decrements]: [u64; 4]) -> i128 {
    i128::from(increments.saturating_sub(reset_increments))
        - i128::from(decrements.saturating_sub(reset_decrements))
}

/// The row that brings both baselines up to their totals, where they are not.
fn raised_baselines(row: [u64; 4]) -> [u64; 4] {
    array::from_fn(|column| match column.checked_sub(SIDES) {
        Some(side) if row[side] > row[column] => row[side],
        _ => 0,
    })
}

// Everyone may raise the baselines of everyone's row, but not above the total that they observed.
counter!(ResettableCounter, i128, [INCREMENTS, DECREMENTS, INCREMENTS, DECREMENTS]);
