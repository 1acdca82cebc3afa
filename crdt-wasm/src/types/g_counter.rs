//! A counter that only grows.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crdt_core::Wire;
use crdt_counters::GCounter;
use wasm_bindgen::prelude::*;

use crate::failure::{OrThrow, Result};
use crate::lattice::{Held, exports};

/// [`GCounter`].
#[wasm_bindgen]
pub struct RawGCounter(Held<GCounter>);

exports!(RawGCounter, GCounter);

#[wasm_bindgen]
impl RawGCounter {
    pub fn increment(&mut self, amount: u64) -> Result<Vec<u8>> {
        let me = self.0.me()?;
        Ok(self.0.state.increment_by(me, amount).or_throw()?.encode())
    }

    pub fn value(&self) -> u128 {
        self.0.state.value()
    }

    /// Who counted, in the order of [`counts`](Self::counts).
    pub fn ids(&self) -> Vec<String> {
        self.0.state.iter().map(|(id, _)| id.to_string()).collect()
    }

    pub fn counts(&self) -> Vec<u64> {
        self.0.state.iter().map(|(_, count)| count).collect()
    }
}
