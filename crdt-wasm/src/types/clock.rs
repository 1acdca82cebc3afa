//! The hybrid logical clock.

use alloc::string::{String, ToString};

use crdt_core::{Clock, Limits};
use wasm_bindgen::prelude::*;

use crate::failure::{OrThrow, Result};
use crate::values::{reading, timestamp};

/// [`Clock`].
#[wasm_bindgen]
#[derive(Default)]
pub struct RawClock(Clock);

#[wasm_bindgen]
impl RawClock {
    #[wasm_bindgen(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    pub fn now(&mut self, wall: f64, monotonic: f64) -> Result<String> {
        Ok(self.0.now(reading(wall, monotonic)).or_throw()?.to_string())
    }

    pub fn observe(&mut self, seen: &str, wall: f64, monotonic: f64) -> Result<()> {
        let limits = Limits::default();
        self.0.observe(reading(wall, monotonic), timestamp(seen)?, &limits).or_throw()
    }

    pub fn confirm(&mut self, wall: f64, monotonic: f64) {
        self.0.confirm(reading(wall, monotonic));
    }

    pub fn last(&self) -> String {
        self.0.last().to_string()
    }
}
