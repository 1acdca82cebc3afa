//! A counter that goes up and down.

use alloc::string::String;
use alloc::vec::Vec;

use crdt_core::Wire;
use crdt_counters::PnCounter;
use wasm_bindgen::prelude::*;

use crate::failure::{OrThrow, Result};
use crate::lattice::{Held, exports};

/// [`PnCounter`].
#[wasm_bindgen]
pub struct RawPnCounter(Held<PnCounter>);

exports!(RawPnCounter, PnCounter);

#[wasm_bindgen]
impl RawPnCounter {
    pub fn increment(&mut self, amount: u64) -> Result<Vec<u8>> {
        let me = self.0.me()?;
        Ok(self.0.state.increment_by(me, amount).or_throw()?.encode())
    }

    pub fn decrement(&mut self, amount: u64) -> Result<Vec<u8>> {
        let me = self.0.me()?;
        Ok(self.0.state.decrement_by(me, amount).or_throw()?.encode())
    }

    pub fn value(&self) -> i128 {
        self.0.state.value()
    }

    /// Who counted, and how much in all, as decimals: `id=count`.
    pub fn counts(&self) -> Vec<String> {
        self.0.state.iter().map(|(id, count)| alloc::format!("{id}={count}")).collect()
    }
}
