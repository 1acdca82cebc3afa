//! That the libraries need no standard library.

use crate::cargo::{cargo, root};
use crate::test::step::execute;
use crate::workspace::Workspace;

/// A package outside the workspace, so that nothing there turns a feature on.
pub(super) const MANIFEST: &str = "xtask/no-std-proof/Cargo.toml";

/// Builds the proof, whose own documentation says what it proves; then looks, for a person to
/// read, whether any feature named `std` is on below it.
pub(super) fn check() -> Result<(), String> {
    let mut build = cargo();
    build.args(["build", "--locked", "--manifest-path", MANIFEST]);
    build.arg("--target-dir").arg(Workspace::read()?.target.join("no-std-proof"));
    execute(&build)?;

    let mut tree = cargo();
    tree.args(["tree", "--locked", "--manifest-path", MANIFEST, "--prefix", "none"]);
    tree.args(["--edges", "normal,features,no-proc-macro"]).current_dir(root());
    let output = tree.output().map_err(|error| format!("cannot run cargo: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().into());
    }
    let tree = String::from_utf8_lossy(&output.stdout);
    match tree.lines().find(|line| line.contains("feature \"std\"")) {
        Some(line) => Err(format!("`std` is on: {line}")),
        None => Ok(()),
    }
}
