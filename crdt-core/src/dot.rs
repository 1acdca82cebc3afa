//! What is written.

use core::fmt;

use crate::ReplicaId;

/// The name of one written value: the `counter`-th write of `replica` to an object.
///
/// Counters start at 1 and leave no hole: the writes of one replica to one object are named 1, 2,
/// 3, … (Almeida, Shoker, Baquero 2018, on causal CRDTs, after dotted version vectors).
///
/// # Examples
///
/// ```
/// use crdt_core::{Dot, ReplicaId};
///
/// let me = ReplicaId::from_u128(1);
/// let dot = Dot::new(me, 3).expect("within range");
/// assert_eq!((dot.replica(), dot.counter()), (me, 3));
/// assert!(Dot::new(me, 0).is_none(), "counters start at 1");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dot {
    pub(crate) replica: ReplicaId,
    pub(crate) counter: u64,
}

impl Dot {
    /// The greatest counter, 2^48: at a million writes a second, nine years of them.
    pub const MAX_COUNTER: u64 = 1 << 48;

    /// The dot with this counter; `None` for a counter outside `1..=MAX_COUNTER`.
    pub const fn new(replica: ReplicaId, counter: u64) -> Option<Self> {
        if counter == 0 || counter > Self::MAX_COUNTER {
            None
        } else {
            Some(Self { replica, counter })
        }
    }

    /// Who wrote.
    pub const fn replica(&self) -> ReplicaId {
        self.replica
    }

    /// Its how many-th write to the object this was, from 1.
    pub const fn counter(&self) -> u64 {
        self.counter
    }
}

impl fmt::Debug for Dot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}:{}", self.replica, self.counter)
    }
}

impl fmt::Display for Dot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.replica, self.counter)
    }
}
