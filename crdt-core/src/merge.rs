//! The join of a lattice.

/// A state that joins with another of its type.
///
/// The states of a type form a *join-semilattice* (Shapiro, Preguiça, Baquero, Zawirski 2011,
/// section 2.3): there is an order "has seen at least as much", and [`merge`](Merge::merge) yields
/// the least state that has seen what both have. An implementation promises that merging is
///
/// - *commutative*: `a ⊔ b = b ⊔ a`,
/// - *associative*: `(a ⊔ b) ⊔ c = a ⊔ (b ⊔ c)`,
/// - *idempotent*: `a ⊔ a = a`,
///
/// so that replicas which have merged the same changes, in whatever order, however often, are
/// equal. `crdt_core::laws` (feature `quickcheck`) checks all of it.
///
/// Merging cannot fail. What comes from outside is decoded, which validates it, and passes
/// [`Admit`](crate::Admit) before it is merged.
///
/// # Examples
///
/// ```
/// use crdt_core::Merge;
///
/// #[derive(Clone, Debug, PartialEq)]
/// struct HighestBid(u64);
///
/// impl Merge for HighestBid {
///     fn merge(&mut self, other: Self) -> bool {
///         let higher = other.0 > self.0;
///         self.0 = self.0.max(other.0);
///         higher
///     }
/// }
///
/// let mut here = HighestBid(40);
/// assert!(here.merge(HighestBid(55)));
/// assert!(!here.merge(HighestBid(50)), "nothing new");
/// assert_eq!(here, HighestBid(55));
/// ```
pub trait Merge: Sized {
    /// Joins `other` into `self`; tells whether `self` changed.
    ///
    /// One merge serves a delta, a group of deltas and a full state: all are states.
    fn merge(&mut self, other: Self) -> bool;

    /// Joins a borrowed state; tells whether `self` changed.
    ///
    /// Types that need not copy all of `other` override it.
    fn merge_ref(&mut self, other: &Self) -> bool
    where
        Self: Clone,
    {
        self.merge(other.clone())
    }
}
