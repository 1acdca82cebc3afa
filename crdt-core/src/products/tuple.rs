//! A tuple joins component by component.

use crate::{Admit, AdmitError, Delta, Limits, Merge, ReplicaId};

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
        }

        impl<$($name: Admit),*> Admit for ($($name,)*) {
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
