//! `cargo xtask wasm`: the npm package.

mod build;
mod process;
mod serve;
mod test;
mod toolchain;

use std::path::PathBuf;
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

/// The folder of what is published, which is built if it is not there. The error says why it cannot be.
pub(crate) fn package() -> Result<PathBuf, String> {
    let folder = build::package().join("dist");
    if folder.join("index.js").exists() {
        return Ok(folder);
    }
    if let Some(reason) = test::missing() {
        return Err(reason);
    }
    eprintln!("Building the npm package, with which the console edits documents: minutes, once.");
    build::build().map(|()| folder)
}

/// The step of `cargo xtask test`.
pub(crate) fn test() -> Result<(), String> {
    test::test()
}

/// The step of `cargo xtask test` for the console of `crdt-node`, which edits documents with the package.
pub(crate) fn test_console() -> Result<(), String> {
    test::test_console()
}
