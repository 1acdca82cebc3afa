//! The tests of the npm package.

use std::env;
use std::path::Path;
use std::process::Command;

use super::build::{build, npm, target};
use super::process::{output, run};
use crate::cargo::{cargo, root};

/// The oldest Node that the package runs in.
const OLDEST_NODE: u32 = 20;

/// Builds the package and tests it, as far as there is what that needs; what is skipped is said.
pub(super) fn test() -> Result<(), String> {
    if let Some(reason) = missing() {
        println!("    skipped the npm package: {reason}");
        return Ok(());
    }
    let chromium = env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".into());
    let has_chromium = Path::new(&chromium).exists();
    if !has_chromium {
        println!(
            "    skipped the npm package in a browser: there is no {chromium}: install it, or set CHROMIUM"
        );
    }
    build()?;
    npm(&["test", "--silent"])
}

/// Drives the console of a demonstration in a browser, as far as there is what that needs.
pub(super) fn test_console() -> Result<(), String> {
    if let Some(reason) = missing() {
        println!("    skipped the console: {reason}");
        return Ok(());
    }
    build()?;
    let mut compile = cargo();
    run(compile.args(["build", "--quiet", "--package", "crdt-node"]).current_dir(root()))?;
    let mut drive = Command::new("node");
    drive.args(["--test", "crdt-node/console/test/"]).current_dir(root());
    run(drive.env("CRDT_NODE", target()?.join("debug/crdt-node")))
}

/// Why nothing can be built or tested here.
pub(super) fn missing() -> Option<String> {
    let install = format!("install Node {OLDEST_NODE} or newer, and npm");
    let Ok(version) = output(Command::new("node").arg("--version")) else {
        return Some(format!("there is no node: {install}"));
    };
    if major(&version).is_none_or(|major| major < OLDEST_NODE) {
        return Some(format!("node is {version}: {install}"));
    }
    let npm = output(Command::new("npm").arg("--version"));
    npm.is_err().then(|| format!("there is no npm: {install}"))
}

/// Of a version such as v20.1.0.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn a_version_of_node_is_read() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("v9.0.0"), Some(9));
        assert_eq!(major("node"), None);
    }
}
