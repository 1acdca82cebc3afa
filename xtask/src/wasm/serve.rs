//! The page to learn from, in a browser.

use std::process::Command;

use super::build::{build, package};
use super::process::run;

/// Serves `examples/cart/` on 127.0.0.1, until it is ended.
pub(super) fn serve() -> Result<(), String> {
    build()?;
    run(Command::new("node").arg("serve.mjs").current_dir(package()))
}
