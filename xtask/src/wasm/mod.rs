//! `cargo xtask wasm`: the npm package.

mod build;
mod process;
mod serve;
mod test;
mod toolchain;

use std::process::ExitCode;

use crate::misused;

pub(crate) fn run(words: &[&str]) -> ExitCode {
    let done = match words {
        [] => build::build(),
        ["--serve"] => serve::serve(),
        ["--report"] => build::build().and_then(|()| build::node("report.mjs")),
        _ => return misused(&format!("`cargo xtask wasm` does not know {:?}", words.join(" "))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// The step of `cargo xtask test`.
pub(crate) fn test() -> Result<(), String> {
    test::test()
}
