//! `cargo xtask simulate`: replicas in a simulated world, for as many seeds as one likes.

use std::ffi::OsString;
use std::process::ExitCode;

use crate::cargo::{cargo, root};

#[allow(dead_code, reason = "here it is only seen whether they can be read")]
#[path = "../../crdt-sync/examples/simulate/options.rs"]
mod options;

/// Checks the words, builds the simulator with its overflow checks, and hands them on to it.
pub(crate) fn run(words: &[OsString]) -> ExitCode {
    match options::read(words.iter().map(|word| word.to_string_lossy().into_owned())) {
        Ok(Some(_)) => {}
        Ok(None) => {
            println!("{}", options::USAGE);
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("{problem}\n\n{}", options::USAGE);
            return ExitCode::from(2);
        }
    }
    eprintln!("Building the simulator, which takes minutes when it was not built before.");
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
