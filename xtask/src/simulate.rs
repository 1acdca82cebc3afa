//! `cargo xtask simulate`: replicas in a simulated world, for as many seeds as one likes.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::cargo::{cargo, root};

/// Builds the simulator with its overflow checks, and hands the words on to it.
pub(crate) fn run(words: &[OsString]) -> ExitCode {
    let mut simulate = cargo();
    simulate.args(["run", "--quiet", "--release", "--locked", "--package", "crdt-sync"]);
    simulate.args(["--features", "simulate", "--example", "simulate", "--"]);
    simulate.args(words).current_dir(root());
    simulate.env("CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS", "true");
    simulate.env("CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS", "true");
    match simulate.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(status) if status.code() == Some(2) => ExitCode::from(2),
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cannot run cargo: {error}");
            ExitCode::FAILURE
        }
    }
}
