//! `cargo xtask load`: a mixed load on three regions of this machine.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::cargo::{cargo, root};
use crate::demo::become_it;

/// Builds `crdt-node`, optimized since it is measured, and has it run the load.
pub(crate) fn run(words: &[OsString]) -> ExitCode {
    eprintln!("Building crdt-node, which takes minutes when it was not built before.");
    let mut command = cargo();
    command.args(["run", "--quiet", "--release", "--locked", "--package", "crdt-node"]);
    command.arg("--manifest-path").arg(root().join("Cargo.toml")).args(["--", "load"]);
    become_it(command.args(words.iter().filter(|word| *word != "--")))
}
