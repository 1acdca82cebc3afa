//! The multi-value register.
//!
//! | file | what it answers |
//! |---|---|
//! | `lattice`, `observe` | merge, delta, admit, bytes: all the engine's; which values a merge brings |
//! | `std_traits` | `Debug`, equality |
//! | `serde` | interchange for people |
//! | `arbitrary` | reachable states for property tests |

#[cfg(feature = "quickcheck")]
mod arbitrary;
mod lattice;
mod observe;
#[cfg(feature = "serde")]
mod serde;
mod std_traits;

use alloc::vec::Vec;

use crdt_core::{CausalContext, DotMap, ReplicaId, Value};

/// A register that keeps every concurrent value until one is chosen.
///
/// A write replaces the values that its replica has seen; values written concurrently are all kept
/// (`DeCandia` et al. 2007, section 4.4; Shapiro et al. 2011, section 3.2.2; as a delta CRDT Almeida,
/// Shoker, Baquero 2018, on causal CRDTs). So nothing that a person entered disappears behind their
/// back: the application sees the conflict and [resolves](MvRegister::resolve) it, by asking, or by
/// a function that knows what the values mean.
///
/// Use it where losing an entry hurts: addresses, documents, settings. Where the later write should
/// simply win, use [`LwwRegister`](crate::LwwRegister).
///
/// # Cost
///
/// Memory: the values kept, one unless there is a conflict, and the number of replica ids that ever
/// wrote. Writing and merging cost O(values).
///
/// # Examples
///
/// ```
/// use crdt_registers::{Merge, MvRegister, ReplicaId};
///
/// let (eu, us) = (ReplicaId::from_u128(1), ReplicaId::from_u128(2));
/// let mut address_eu = MvRegister::<String>::new();
/// let mut address_us = MvRegister::new();
///
/// let to_us = address_eu.set(eu, "1 Main St".into());
/// let to_eu = address_us.set(us, "2 High St".into());
/// address_eu.merge(to_eu);
/// address_us.merge(to_us);
///
/// assert!(address_eu.is_conflicted());
/// assert_eq!(address_eu.values(), ["1 Main St", "2 High St"]);
///
/// let chosen = address_us.resolve(us, |values| values[1].clone());
/// address_eu.merge(chosen);
/// assert_eq!(address_eu.values(), ["2 High St"]);
/// assert_eq!(address_eu, address_us);
/// ```
#[derive(Clone)]
pub struct MvRegister<T> {
    pub(crate) writes: DotMap<(), T>,
}

impl<T> Default for MvRegister<T> {
    fn default() -> Self {
        Self { writes: DotMap::default() }
    }
}

impl<T> MvRegister<T> {
    /// The register that nobody has written to. Allocates nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether it holds no value: it was never written to, or it was cleared.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Every write that this register has seen, by its dot.
    pub fn context(&self) -> &CausalContext {
        self.writes.context()
    }
}

impl<T: Value> MvRegister<T> {
    /// The values, each once, in the order of their canonical bytes: one, unless replicas wrote
    /// different ones concurrently. Equal registers list alike.
    ///
    /// Cost: with one value none; with more, encoding and sorting them.
    pub fn values(&self) -> Vec<&T> {
        let mut values: Vec<&T> = self.writes.entries().map(crdt_core::Entry::value).collect();
        if values.len() > 1 {
            values.sort_by_cached_key(|value| value.encode());
            values.dedup();
        }
        values
    }

    /// Whether there are several values to choose from.
    pub fn is_conflicted(&self) -> bool {
        let mut values = self.writes.entries().map(crdt_core::Entry::value);
        let first = values.next();
        values.any(|value| Some(value) != first)
    }

    /// Writes a value in the name of replica `me`, in place of all that this register has seen.
    /// Returns the delta.
    pub fn set(&mut self, me: ReplicaId, value: T) -> Self {
        Self { writes: self.writes.write(me, (), value) }
    }

    /// Ends a conflict: writes what `choose` makes of the values, which it gets as
    /// [`values`](MvRegister::values) lists them. Returns the delta.
    ///
    /// Without a conflict `choose` is not called, nothing is written and the delta is bottom. When
    /// two replicas resolve a conflict differently at once, that is a new one.
    pub fn resolve(&mut self, me: ReplicaId, choose: impl FnOnce(&[&T]) -> T) -> Self {
        if !self.is_conflicted() {
            return Self::new();
        }
        let chosen = choose(&self.values());
        self.set(me, chosen)
    }

    /// Removes the values that this register has seen; one written concurrently survives. Returns
    /// the delta, bottom when there were none.
    pub fn clear(&mut self) -> Self {
        Self { writes: self.writes.clear() }
    }
}
