//! What every data type has: merge, digest, delta, bytes.

use alloc::vec::Vec;

use crdt_core::{Admit, Delta, Limits, ReplicaId, Wire};

use crate::failure::{OrThrow, Result, throw};

/// A data type and who writes to it here.
#[derive(Default)]
pub(crate) struct Held<S> {
    pub(crate) state: S,
    pub(crate) me: Option<ReplicaId>,
}

impl<S: Delta + Admit + Wire> Held<S> {
    pub(crate) fn new(me: Option<ReplicaId>) -> Self {
        Self { state: S::default(), me }
    }

    pub(crate) fn decode(bytes: &[u8], me: Option<ReplicaId>) -> Result<Self> {
        Ok(Self { state: S::decode(bytes).or_throw()?, me })
    }

    /// The id that writes bear.
    pub(crate) fn me(&self) -> Result<ReplicaId> {
        let missing =
            "this copy was made without a replica id, and only reads: give it one to write";
        self.me.ok_or_else(|| throw("replica-id", &missing))
    }

    /// Merges what a peer sent, if it may be merged.
    pub(crate) fn merge(&mut self, bytes: &[u8], now_ms: u64) -> Result<bool> {
        let incoming = S::decode(bytes).or_throw()?;
        let me = self.me.unwrap_or(ReplicaId::from_u128(0));
        self.state.admit(&incoming, me, now_ms, &Limits::default()).or_throw()?;
        Ok(self.state.merge(incoming))
    }

    pub(crate) fn delta_since(&self, digest: &[u8]) -> Result<Vec<u8>> {
        let digest = S::Digest::decode(digest).or_throw()?;
        Ok(self.state.delta_since(&digest).encode())
    }
}

/// The exports that every data type has.
macro_rules! exports {
    ($class:ident, $state:ty) => {
        #[wasm_bindgen::prelude::wasm_bindgen]
        impl $class {
            /// Merges a state or a delta; whether anything was new.
            pub fn merge(&mut self, bytes: &[u8], now: f64) -> crate::failure::Result<bool> {
                self.0.merge(bytes, crate::values::millis(now))
            }

            /// What this state has seen.
            pub fn digest(&self) -> alloc::vec::Vec<u8> {
                crdt_core::Wire::encode(&crdt_core::Delta::digest(&self.0.state))
            }

            /// What a peer with this digest lacks.
            #[wasm_bindgen(js_name = deltaSince)]
            pub fn delta_since(
                &self,
                digest: &[u8],
            ) -> crate::failure::Result<alloc::vec::Vec<u8>> {
                self.0.delta_since(digest)
            }

            /// The canonical bytes.
            pub fn encode(&self) -> alloc::vec::Vec<u8> {
                crdt_core::Wire::encode(&self.0.state)
            }

            /// A copy with this id for its writes, or none if empty.
            pub fn decode(bytes: &[u8], me: &str) -> crate::failure::Result<Self> {
                let me = crate::values::replica(me)?;
                crate::lattice::Held::<$state>::decode(bytes, me).map(Self)
            }

            /// An empty one with this id for its writes, or none if empty.
            #[wasm_bindgen(constructor)]
            pub fn new(me: &str) -> crate::failure::Result<Self> {
                crate::values::replica(me).map(|me| Self(crate::lattice::Held::new(me)))
            }
        }
    };
}

pub(crate) use exports;
