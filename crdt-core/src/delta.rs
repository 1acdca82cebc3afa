//! Exact differences between states.

use crate::{Dots, Merge, Parts, Wire};

/// A lattice that can say what a peer lacks, and send just that.
///
/// A *delta* is a state of the same type that holds only a change (Almeida, Shoker, Baquero 2018):
/// every mutator of the family returns one, and any of them can be merged in any order, once or
/// often, whether or not an earlier one arrived.
///
/// After an absence the deltas of the meantime may be gone. Then the peer sends its
/// [`digest`](Delta::digest), and [`delta_since`](Delta::delta_since) computes what it lacks:
///
/// - *exact*: `peer ⊔ delta = peer ⊔ self`;
/// - *least*: every other state with that property includes `delta` (Enes, Almeida, Baquero,
///   Leitão 2019, section III).
///
/// The bottom of the lattice, the state that has seen nothing, is [`Default::default`].
///
/// # Examples
///
/// A type of one's own; `merge_novel` comes with the trait.
///
/// ```
/// use crdt_core::{Delta, Merge};
///
/// #[derive(Clone, Debug, Default, PartialEq)]
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
/// impl Delta for HighestBid {
///     type Digest = u64;
///     fn digest(&self) -> u64 {
///         self.0
///     }
///     fn delta_since(&self, seen: &u64) -> Self {
///         if self.0 > *seen { self.clone() } else { Self::default() }
///     }
///     fn is_bottom(&self) -> bool {
///         self.0 == 0
///     }
/// }
///
/// let (eu, us) = (HighestBid(55), HighestBid(40));
/// assert_eq!(eu.delta_since(&us.digest()), HighestBid(55));
/// assert!(us.delta_since(&eu.digest()).is_bottom(), "eu lacks nothing that us has");
/// ```
pub trait Delta: Merge + Default {
    /// What a replica tells a peer so that the peer can compute an exact delta. It travels, so it
    /// has bytes.
    ///
    /// Its default is the digest of the bottom state: a peer that has nothing.
    type Digest: Default + Wire;

    /// Says what this state holds.
    ///
    /// A digest is self-sufficient: with it alone the peer computes an exact delta.
    fn digest(&self) -> Self::Digest;

    /// The least state that brings a peer with this digest up to `self`.
    fn delta_since(&self, digest: &Self::Digest) -> Self;

    /// Joins `other` into `self` and returns just what was novel: the least state that would
    /// have had the same effect, bottom when there was nothing new.
    ///
    /// What a replica forwards to its other peers is this, not what it received (Enes et al.
    /// 2019, section IV: *remove redundant state*).
    fn merge_novel(&mut self, other: Self) -> Self {
        let novel = other.delta_since(&self.digest());
        self.merge(other);
        novel
    }

    /// Whether this is the bottom state, the identity of the join.
    fn is_bottom(&self) -> bool;

    /// As [`merge_novel`](Delta::merge_novel), and calls `name` with the name of everything that
    /// the merge changed, where the state has names. By default it has none.
    fn merge_naming(&mut self, other: Self, _name: &mut dyn FnMut(&str)) -> Self {
        self.merge_novel(other)
    }

    /// How to find by dots what two states differ in, for a type that is
    /// [`Dotted`](crate::Dotted): `Some(Dots::of())`.
    fn dots() -> Option<Dots<Self>> {
        None
    }

    /// How to find by named parts what two states differ in, for a type that can
    /// [`Decompose`](crate::Decompose) itself: `Some(Parts::of())`.
    fn parts() -> Option<Parts<Self>> {
        None
    }
}
