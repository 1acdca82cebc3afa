//! A register of which the later write stays.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crdt_core::Wire;
use crdt_document::Value;
use crdt_registers::LwwRegister;
use wasm_bindgen::prelude::*;

use crate::failure::{OrThrow, Result};
use crate::lattice::{Held, exports};
use crate::values::{packed, timestamp, value};

/// [`LwwRegister`] of a value.
#[wasm_bindgen]
pub struct RawLwwRegister(Held<LwwRegister<Value>>);

exports!(RawLwwRegister, LwwRegister<Value>);

#[wasm_bindgen]
impl RawLwwRegister {
    pub fn set(&mut self, to: &[u8], at: &str) -> Result<Vec<u8>> {
        let me = self.0.me()?;
        Ok(self.0.state.set(me, timestamp(at)?, value(to)?).or_throw()?.encode())
    }

    /// The value, if it was ever written.
    pub fn values(&self) -> Vec<u8> {
        packed(self.0.state.get())
    }

    pub fn timestamp(&self) -> Option<String> {
        self.0.state.timestamp().map(|at| at.to_string())
    }

    pub fn writer(&self) -> Option<String> {
        self.0.state.writer().map(|id| id.to_string())
    }
}
