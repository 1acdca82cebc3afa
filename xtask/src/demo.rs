//! `cargo xtask demo`.

use std::ffi::OsString;
use std::process::{Command, ExitCode};

use crate::cargo::{cargo, root};
use crate::{misused, nats, wasm};

/// Builds `crdt-node`, unoptimized since that is sooner done, and becomes it.
pub(crate) fn run(arguments: &[OsString]) -> ExitCode {
    let words = arguments.iter().filter(|argument| *argument != "--");
    let (direct, words): (Vec<_>, Vec<_>) = words.partition(|word| *word == "--direct");
    let (once, files): (Vec<_>, Vec<_>) = words.into_iter().partition(|word| *word == "--once");
    if files.len() > 1 || !files.is_empty() && !once.is_empty() {
        return misused("a demo runs one file, or with --once its examples, or until Ctrl-C");
    }
    let is_live = files.is_empty() && once.is_empty();
    if !is_live && !direct.is_empty() {
        return misused("regions that run over a file are connected directly in any case");
    }
    if files.iter().any(|file| file.is_empty()) {
        return misused("the name of the file is empty");
    }
    if let Some(option) = files.iter().find(|file| file.to_string_lossy().starts_with('-')) {
        return misused(&format!("a demo has no option {}", option.display()));
    }
    let (mut features, mut options) = (Vec::new(), Vec::<OsString>::new());
    if is_live {
        match wasm::package() {
            Ok(folder) => options.extend(["--console".into(), folder.into()]),
            Err(problem) => {
                eprintln!("The console shows regions and edits no documents: {problem}");
            }
        }
        let server = if direct.is_empty() { nats::server() } else { Err("--direct".into()) };
        match server {
            Ok(program) => {
                features.extend(["--features", "nats"]);
                options.extend(["--nats-server".into(), program.into()]);
            }
            Err(problem) => eprintln!("The regions are connected directly: {problem}"),
        }
    }
    eprintln!("Building crdt-node, which takes a minute or two when it was not built before.");
    let mut command = cargo();
    command.args(["run", "--package", "crdt-node"]).args(features).arg("--manifest-path");
    command.arg(root().join("Cargo.toml")).args(["--", "demo"]).args(&files).args(&once);
    become_it(command.args(options))
}

/// In the same process, so that a signal to one is a signal to the other.
#[cfg(unix)]
pub(crate) fn become_it(command: &mut Command) -> ExitCode {
    let error = std::os::unix::process::CommandExt::exec(command);
    eprintln!("cannot run cargo: {error}");
    ExitCode::FAILURE
}

#[cfg(not(unix))]
pub(crate) fn become_it(command: &mut Command) -> ExitCode {
    match command.status() {
        Ok(status) => u8::try_from(status.code().unwrap_or(1)).unwrap_or(1).into(),
        Err(error) => {
            eprintln!("cannot run cargo: {error}");
            ExitCode::FAILURE
        }
    }
}
