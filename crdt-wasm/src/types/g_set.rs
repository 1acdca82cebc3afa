//! A set that only grows.

use alloc::vec::Vec;

use crdt_core::Wire;
use crdt_document::Value;
use crdt_sets::GSet;
use wasm_bindgen::prelude::*;

use crate::failure::Result;
use crate::lattice::{Held, exports};
use crate::values::{alike, packed, value, values};

/// [`GSet`] of values.
#[wasm_bindgen]
pub struct RawGSet(Held<GSet<Value>>);

exports!(RawGSet, GSet<Value>);

#[wasm_bindgen]
impl RawGSet {
    pub fn add(&mut self, element: &[u8]) -> Result<Vec<u8>> {
        Ok(self.0.state.add(value(element)?).encode())
    }

    #[wasm_bindgen(js_name = addAll)]
    pub fn add_all(&mut self, elements: &[u8]) -> Result<Vec<u8>> {
        Ok(self.0.state.add_all(values(elements)?).encode())
    }

    pub fn has(&self, element: &[u8]) -> Result<bool> {
        let (one, other) = alike(value(element)?);
        let set = &self.0.state;
        Ok(set.contains(&one) || other.is_some_and(|other| set.contains(&other)))
    }

    pub fn size(&self) -> usize {
        self.0.state.len()
    }

    pub fn values(&self) -> Vec<u8> {
        packed(self.0.state.iter())
    }
}
