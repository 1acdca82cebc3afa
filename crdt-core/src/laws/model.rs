//! What the kit needs to know about a type.

use core::fmt::Debug;

use quickcheck::Arbitrary;

use crate::{Delta, ReplicaId, Timestamp, Wire};

/// Who applies an operation, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Author {
    /// The replica that writes. No two replicas of a run share an id, and one that restarts
    /// continues under a new one.
    pub replica: ReplicaId,
    /// A fresh timestamp of the replica's own clock: later than every other that it has given out
    /// under this id. Clocks are skewed against each other, and two replicas may well read the same
    /// instant; nothing that the replica has merged moves its clock.
    pub timestamp: Timestamp,
}

/// A type under test: its operations, how they apply, and what an application sees.
///
/// Operations should be few and collide: draw elements from three or four rather than from all
/// integers, so that replicas write to the same places. Give the operation's
/// [`shrink`](Arbitrary::shrink) if there is a simpler one; schedules shrink by themselves.
///
/// # Examples
///
/// ```
/// use crdt_core::laws::{self, Author, Model};
///
/// # use crdt_core::{Delta, Merge, Wire, wire};
/// # #[derive(Clone, Debug, Default, PartialEq)]
/// # struct HighestBid(u64);
/// # impl Merge for HighestBid {
/// #     fn merge(&mut self, other: Self) -> bool {
/// #         let higher = other.0 > self.0;
/// #         self.0 = self.0.max(other.0);
/// #         higher
/// #     }
/// # }
/// # impl Delta for HighestBid {
/// #     type Digest = u64;
/// #     fn digest(&self) -> u64 {
/// #         self.0
/// #     }
/// #     fn delta_since(&self, seen: &u64) -> Self {
/// #         if self.0 > *seen { self.clone() } else { Self::default() }
/// #     }
/// #     fn is_bottom(&self) -> bool {
/// #         self.0 == 0
/// #     }
/// # }
/// # impl Wire for HighestBid {
/// #     fn write_to(&self, writer: &mut wire::Writer) {
/// #         self.0.write_to(writer);
/// #     }
/// #     fn read_from(reader: &mut wire::Reader<'_>) -> Result<Self, wire::DecodeError> {
/// #         u64::read_from(reader).map(Self)
/// #     }
/// # }
/// struct Bids;
///
/// impl Model for Bids {
///     type State = HighestBid; // a type of one's own: see `examples/own_type.rs`
///     type Operation = u64;
///     type Observed = u64;
///
///     fn apply(state: &mut HighestBid, _: &Author, bid: &u64) -> HighestBid {
///         if *bid <= state.0 {
///             return HighestBid::default();
///         }
///         state.0 = *bid;
///         state.clone()
///     }
///
///     fn observe(state: &HighestBid) -> u64 {
///         state.0
///     }
///
///     fn sequential(bids: &[u64]) -> Option<u64> {
///         Some(bids.iter().copied().max().unwrap_or(0))
///     }
/// }
///
/// laws::check::<Bids>();
/// ```
pub trait Model {
    /// The type under test. Its `==` is state equality; [`Wire`] must agree with it.
    type State: Delta + Wire + Clone + PartialEq + Debug;

    /// What an application does to it. `Debug` is how it reads in a schedule. For operations of
    /// one's own, [`laws::quickcheck`](super::quickcheck) has the trait to implement.
    type Operation: Arbitrary + Debug;

    /// What an application sees of it.
    type Observed: PartialEq + Debug;

    /// Applies the operation and returns the change as a delta: bottom when nothing changed.
    ///
    /// It depends on nothing but its arguments.
    fn apply(state: &mut Self::State, author: &Author, operation: &Self::Operation) -> Self::State;

    /// What an application sees of this state: the elements, the value.
    fn observe(state: &Self::State) -> Self::Observed;

    /// What one replica alone observes after these operations in this order, by the plainest means
    /// there are. `None`, as by default, when the type has no sequential specification.
    fn sequential(operations: &[Self::Operation]) -> Option<Self::Observed> {
        let _ = operations;
        None
    }
}
