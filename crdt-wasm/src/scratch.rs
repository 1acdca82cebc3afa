//! Memory that JavaScript writes to and reads from by its address, so that a short call allocates nothing.

use alloc::vec::Vec;

use crdt_core::wire::Writer;
use wasm_bindgen::prelude::*;

/// What goes in at the one address, and comes out at the other.
#[wasm_bindgen]
pub struct RawScratch {
    input: [u8; 128],
    output: Vec<u8>,
}

#[wasm_bindgen]
impl RawScratch {
    #[wasm_bindgen(constructor)]
    #[allow(clippy::new_without_default, reason = "it is JavaScript that makes one")]
    pub fn new() -> Self {
        Self { input: [0; 128], output: Vec::with_capacity(128) }
    }

    /// Where 128 bytes can be written.
    pub fn input(&self) -> *const u8 {
        self.input.as_ptr()
    }

    /// Where the last answer is.
    pub fn output(&self) -> *const u8 {
        self.output.as_ptr()
    }
}

impl RawScratch {
    /// The text that was put in.
    pub(crate) fn text(&self, length: usize) -> Option<&str> {
        core::str::from_utf8(self.input.get(..length)?).ok()
    }

    /// Writes an answer; its length.
    pub(crate) fn answer(&mut self, write: impl FnOnce(&mut Writer)) -> usize {
        let mut writer = Writer::in_place_of(core::mem::take(&mut self.output));
        write(&mut writer);
        self.output = writer.into_bytes();
        self.output.len()
    }
}
