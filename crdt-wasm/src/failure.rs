//! Errors on their way to JavaScript: a code to branch on, and the sentence of the Rust error.

use core::fmt::Display;

use wasm_bindgen::prelude::*;

#[wasm_bindgen(raw_module = "../ts/errors.ts")]
extern "C" {
    /// Makes the `Error` that is thrown.
    fn failure(code: &str, sentence: &str) -> JsValue;
}

/// What every exported function that can fail fails with.
pub(crate) type Result<T> = core::result::Result<T, JsValue>;

/// An error of the family, as JavaScript knows it.
pub(crate) trait Coded: Display {
    /// One of the codes of `ts/errors.ts`.
    fn code(&self) -> &'static str;
}

/// Turns errors of the family into what is thrown.
pub(crate) trait OrThrow<T> {
    fn or_throw(self) -> Result<T>;
}

impl<T, E: Coded> OrThrow<T> for core::result::Result<T, E> {
    fn or_throw(self) -> Result<T> {
        self.map_err(|error| throw(error.code(), &error))
    }
}

/// An error that has no type of its own in Rust.
pub(crate) fn throw(code: &str, sentence: &dyn Display) -> JsValue {
    failure(code, &alloc::format!("{sentence}"))
}
