//! What every counter is: a view of [`Tallies`](crate::tallies::Tallies) with a value.

/// Implements the traits of the family for a counter with a field `tallies`, its value being of
/// type `$value`; `$bounds` as `Tallies::admit` takes it.
macro_rules! counter {
    ($counter:ident, $value:ty, $bounds:expr) => {
        /// The counter that has counted nothing.
        impl Default for $counter {
            fn default() -> Self {
                Self::new()
            }
        }

        /// Cost: one scan, of integers lying side by side, when both know the same replicas;
        /// O(d log replicas) for `d` rows that are known here. A replica that is new here moves
        /// the rows after it.
        impl crdt_core::Merge for $counter {
            fn merge(&mut self, other: Self) -> bool {
                self.tallies.merge(other.tallies)
            }

            fn merge_ref(&mut self, other: &Self) -> bool {
                self.tallies.merge_ref(&other.tallies)
            }
        }

        /// The digest is the state itself: it is O(replicas) already, and a peer that knew less
        /// of it could not tell which totals are lacking.
        impl crdt_core::Delta for $counter {
            type Digest = Self;

            fn digest(&self) -> Self {
                self.clone()
            }

            fn delta_since(&self, digest: &Self) -> Self {
                Self { tallies: self.tallies.since(&digest.tallies) }
            }

            fn merge_novel(&mut self, other: Self) -> Self {
                Self { tallies: self.tallies.merge_novel(&other.tallies) }
            }

            fn is_bottom(&self) -> bool {
                self.tallies.is_empty()
            }

            fn parts() -> Option<crdt_core::Parts<Self>> {
                Some(crdt_core::Parts::of())
            }
        }

        /// The totals of each replica are a part.
        impl crdt_core::Decompose for $counter {
            fn name_parts(&self, key: crdt_core::ContentKey, each: &mut dyn FnMut(u64)) {
                self.tallies.name_rows(key, each);
            }

            fn take_parts(&self, key: crdt_core::ContentKey, wanted: &dyn Fn(u64) -> bool) -> Self {
                Self { tallies: self.tallies.take_rows(key, wanted) }
            }
        }

        /// Reports the new value and the old one, if the value changes. Cost: O(replicas) besides
        /// the merge.
        impl crdt_core::Observe for $counter {
            type Item = $value;

            fn merge_observed(
                &mut self,
                other: Self,
                mut observer: impl FnMut(crdt_core::Change<&$value>),
            ) -> bool {
                let before = self.value();
                let changed = crdt_core::Merge::merge(self, other);
                let after = self.value();
                if before != after {
                    observer(crdt_core::Change::Appeared(&after));
                    observer(crdt_core::Change::Vanished(&before));
                }
                changed
            }
        }

        /// Refuses counts of this replica that it never made.
        impl crdt_core::Admit for $counter {
            fn admit(
                &self,
                incoming: &Self,
                me: crdt_core::ReplicaId,
                _now_ms: u64,
                _limits: &crdt_core::Limits,
            ) -> Result<(), crdt_core::AdmitError> {
                self.tallies.admit(&incoming.tallies, me, $bounds)
            }

            /// The totals of `me`.
            fn claims_of(&self, me: crdt_core::ReplicaId) -> Self {
                Self { tallies: self.tallies.row_of(me) }
            }

            /// Moves what `from` has counted since the mark, and nobody has reset, to `to`.
            fn renew(
                &mut self,
                from: crdt_core::ReplicaId,
                to: crdt_core::ReplicaId,
                mark: &Self,
            ) -> Self {
                Self { tallies: self.tallies.renew(from, to, &mark.tallies, $bounds) }
            }
        }

        /// The number of replicas, their ids ascending, then their totals, one kind after the
        /// other.
        impl crdt_core::Wire for $counter {
            fn write_to(&self, writer: &mut crdt_core::wire::Writer) {
                self.tallies.write_to(writer);
            }

            fn read_from(
                reader: &mut crdt_core::wire::Reader<'_>,
            ) -> Result<Self, crdt_core::wire::DecodeError> {
                Ok(Self { tallies: crate::tallies::Tallies::read_from(reader)? })
            }
        }
    };
}

pub(crate) use counter;
