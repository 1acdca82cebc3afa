//! A register of which all concurrent writes stay.

use alloc::vec::Vec;

use crdt_core::Wire;
use crdt_document::Value;
use crdt_registers::MvRegister;
use wasm_bindgen::prelude::*;

use crate::failure::Result;
use crate::lattice::{Held, exports};
use crate::values::{packed, value};

/// [`MvRegister`] of values.
#[wasm_bindgen]
pub struct RawMvRegister(Held<MvRegister<Value>>);

exports!(RawMvRegister, MvRegister<Value>);

#[wasm_bindgen]
impl RawMvRegister {
    pub fn set(&mut self, to: &[u8]) -> Result<Vec<u8>> {
        let me = self.0.me()?;
        Ok(self.0.state.set(me, value(to)?).encode())
    }

    pub fn clear(&mut self) -> Vec<u8> {
        self.0.state.clear().encode()
    }

    pub fn values(&self) -> Vec<u8> {
        packed(self.0.state.values())
    }
}
