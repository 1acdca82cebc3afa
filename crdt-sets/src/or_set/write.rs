//! The delta-mutators. Each changes the set and returns the change, to be merged elsewhere.

use core::borrow::Borrow;
use core::hash::Hash;

use crdt_core::{CausalContext, Key, ReplicaId};

use super::OrSet;

impl<T: Key> OrSet<T> {
    /// Adds an element in the name of replica `me`.
    ///
    /// Adding what is already there is not a no-op: the new addition survives a removal that runs
    /// concurrently. It supersedes the additions seen, so the set does not grow.
    pub fn add(&mut self, me: ReplicaId, element: T) -> Self {
        Self { elements: self.elements.write(me, element, ()) }
    }

    /// Adds many elements, in one delta.
    ///
    /// ```
    /// use crdt_sets::{Merge, OrSet, ReplicaId};
    ///
    /// let me = ReplicaId::from_u128(1);
    /// let mut tags = OrSet::<String>::new();
    /// let delta = tags.add_all(me, ["urgent", "billing"].map(String::from));
    /// assert_eq!(delta.len(), 2);
    ///
    /// // The union with any other collection of elements is the same call.
    /// let others = OrSet::clone(&tags);
    /// tags.add_all(me, others.iter().cloned());
    /// ```
    pub fn add_all(&mut self, me: ReplicaId, elements: impl IntoIterator<Item = T>) -> Self {
        let writes = elements.into_iter().map(|element| (element, ()));
        Self { elements: self.elements.write_all(me, writes) }
    }

    /// As [`add_all`](OrSet::add_all), and returns the dots of the change, for
    /// [`Dotted::encode_restricted`](crdt_core::Dotted::encode_restricted): so the bytes of the delta are
    /// had without the delta.
    ///
    /// ```
    /// use crdt_core::{Dotted, Wire};
    /// use crdt_sets::{OrSet, ReplicaId};
    ///
    /// let me = ReplicaId::from_u128(1);
    /// let mut tags = OrSet::<String>::new();
    /// let dots = tags.add_all_dots(me, ["urgent".into()]);
    /// let bytes = tags.encode_restricted(&dots);
    /// assert_eq!(bytes, OrSet::new().add(me, String::from("urgent")).encode());
    /// ```
    pub fn add_all_dots(
        &mut self,
        me: ReplicaId,
        elements: impl IntoIterator<Item = T>,
    ) -> CausalContext {
        self.elements.write_dots(me, elements.into_iter().map(|element| (element, ())))
    }

    /// Removes an element: all additions of it that this set has seen. Returns bottom when it is
    /// not there.
    pub fn remove<Q: Hash + Eq + ?Sized>(&mut self, element: &Q) -> Self
    where
        T: Borrow<Q>,
    {
        Self { elements: self.elements.remove(element) }
    }

    /// Removes many elements, in one delta.
    pub fn remove_all<'a, Q: Hash + Eq + ?Sized + 'a>(
        &mut self,
        elements: impl IntoIterator<Item = &'a Q>,
    ) -> Self
    where
        T: Borrow<Q>,
    {
        Self { elements: self.elements.remove_all(elements) }
    }

    /// Removes every element for which `keep` says no, in one delta. Cost: one pass, and O(log n)
    /// for each element removed.
    pub fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) -> Self {
        Self { elements: self.elements.retain(|entry| keep(entry.key())) }
    }

    /// Removes every element that this set has seen, in one delta.
    pub fn clear(&mut self) -> Self {
        Self { elements: self.elements.clear() }
    }
}
