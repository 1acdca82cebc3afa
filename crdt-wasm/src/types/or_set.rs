//! A set to add to and to remove from.

use alloc::vec::Vec;

use crdt_core::wire::Writer;
use crdt_core::{Dotted, Wire};
use crdt_document::Value;
use crdt_sets::OrSet;
use wasm_bindgen::prelude::*;

use crate::failure::Result;
use crate::lattice::{Held, exports};
use crate::scratch::RawScratch;
use crate::values::{alike, packed, value, values};

/// [`OrSet`] of values.
#[wasm_bindgen]
pub struct RawOrSet(Held<OrSet<Value>>);

exports!(RawOrSet, OrSet<Value>);

#[wasm_bindgen]
impl RawOrSet {
    pub fn add(&mut self, element: &[u8]) -> Result<Vec<u8>> {
        let me = self.0.me()?;
        Ok(self.0.state.add(me, value(element)?).encode())
    }

    /// As `add`, of the text of `length` bytes in the scratch; the length of the change there, or 0
    /// where `add` is to say what is wrong.
    #[wasm_bindgen(js_name = addText)]
    pub fn add_text(&mut self, scratch: &mut RawScratch, length: usize) -> usize {
        let (Some(me), Some(text)) = (self.0.me, scratch.text(length)) else { return 0 };
        let dots = self.0.state.add_all_dots(me, [text.into()]);
        scratch.answer(|writer| self.0.state.write_restricted(&dots, writer))
    }

    #[wasm_bindgen(js_name = addAll)]
    pub fn add_all(&mut self, elements: &[u8]) -> Result<Vec<u8>> {
        let me = self.0.me()?;
        // The change takes about as much.
        let room = Vec::with_capacity(elements.len() + 64);
        let dots = self.0.state.add_all_dots(me, values(elements)?);
        let mut writer = Writer::in_place_of(room);
        self.0.state.write_restricted(&dots, &mut writer);
        Ok(writer.into_bytes())
    }

    pub fn remove(&mut self, element: &[u8]) -> Result<Vec<u8>> {
        let (one, other) = alike(value(element)?);
        Ok(self.0.state.remove_all([Some(&one), other.as_ref()].into_iter().flatten()).encode())
    }

    #[wasm_bindgen(js_name = removeAll)]
    pub fn remove_all(&mut self, elements: &[u8]) -> Result<Vec<u8>> {
        let elements: Vec<_> = values(elements)?.into_iter().map(alike).collect();
        let all = elements.iter().flat_map(|(one, other)| [Some(one), other.as_ref()]).flatten();
        Ok(self.0.state.remove_all(all).encode())
    }

    pub fn clear(&mut self) -> Vec<u8> {
        self.0.state.clear().encode()
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
