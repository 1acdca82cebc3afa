//! A tuple joins component by component.

use crate::{Admit, AdmitError, Delta, Limits, Merge, Parts, ReplicaId, Separated, Timestamp};

/// The place of a component, as a value to derive its key from.
const fn place(index: u8) -> u8 {
    index
}

macro_rules! tuple {
    ($($name:ident . $index:tt),*) => {
        impl<$($name: Merge),*> Merge for ($($name,)*) {
            fn merge(&mut self, other: Self) -> bool {
                let mut changed = false;
                $(changed |= self.$index.merge(other.$index);)*
                changed
            }

            fn merge_ref(&mut self, other: &Self) -> bool
            where
                Self: Clone,
            {
                self.merge(other.clone())
            }
        }

        impl<$($name: Delta),*> Delta for ($($name,)*) {
            type Digest = ($($name::Digest,)*);

            fn digest(&self) -> Self::Digest {
                ($(self.$index.digest(),)*)
            }

            fn delta_since(&self, digest: &Self::Digest) -> Self {
                ($(self.$index.delta_since(&digest.$index),)*)
            }

            fn merge_novel(&mut self, other: Self) -> Self {
                ($(self.$index.merge_novel(other.$index),)*)
            }

            fn is_bottom(&self) -> bool {
                true $(&& self.$index.is_bottom())*
            }

            fn merge_naming(&mut self, other: Self, name: &mut dyn FnMut(&str)) -> Self {
                ($(self.$index.merge_naming(other.$index, name),)*)
            }

            /// Those of all components, under keys of their own.
            fn parts() -> Option<Parts<Self>> {
                $($name::parts()?;)*
                Some(Parts::new(
                    |state, key, each| {
                        $(if let Some(parts) = $name::parts() {
                            parts.name(&state.$index, key.derive(&place($index)), each);
                        })*
                    },
                    |state, key, wanted| {
                        ($($name::parts().map_or_else($name::default, |parts| {
                            parts.take(&state.$index, key.derive(&place($index)), wanted)
                        }),)*)
                    },
                ))
            }
        }

        impl<$($name: Admit + Default),*> Admit for ($($name,)*) {
            fn admit(
                &self,
                incoming: &Self,
                me: ReplicaId,
                now_ms: u64,
                limits: &Limits,
            ) -> Result<(), AdmitError> {
                $(self.$index.admit(&incoming.$index, me, now_ms, limits)?;)*
                Ok(())
            }

            fn newest(&self) -> Option<Timestamp> {
                let newest = None;
                $(let newest = newest.max(self.$index.newest());)*
                newest
            }

            /// Component by component.
            fn separate(&self, incoming: Self, now_ms: u64, limits: &Limits) -> Separated<Self> {
                let mut apart = Separated { now: Self::default(), later: None };
                $(
                    let component = self.$index.separate(incoming.$index, now_ms, limits);
                    apart.now.$index = component.now;
                    if let Some((later, newest)) = component.later {
                        let all = apart.later.get_or_insert((Self::default(), newest));
                        all.0.$index = later;
                        all.1 = all.1.max(newest);
                    }
                )*
                apart
            }

            fn claims_of(&self, me: ReplicaId) -> Self {
                ($(self.$index.claims_of(me),)*)
            }

            fn renew(&mut self, from: ReplicaId, to: ReplicaId, mark: &Self) -> Self {
                ($(self.$index.renew(from, to, &mark.$index),)*)
            }
        }
    };
}

tuple!(A.0);
tuple!(A.0, B.1);
tuple!(A.0, B.1, C.2);
tuple!(A.0, B.1, C.2, D.3);
tuple!(A.0, B.1, C.2, D.3, E.4);
tuple!(A.0, B.1, C.2, D.3, E.4, F.5);
tuple!(A.0, B.1, C.2, D.3, E.4, F.5, G.6);
tuple!(A.0, B.1, C.2, D.3, E.4, F.5, G.6, H.7);
