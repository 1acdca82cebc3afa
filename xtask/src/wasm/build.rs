//! The npm package, from sources to `crdt-wasm/dist`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo::{cargo, root};

use super::process::{output, run};
use super::toolchain::Toolchain;

/// The two modules: their names, and what they are built with.
const MODULES: [(&str, &[&str]); 2] = [("crdt", &[]), ("types", &["--no-default-features"])];

/// The folder of the npm package.
pub(super) fn package() -> PathBuf {
    root().join("crdt-wasm")
}

/// Builds all of it; what has not changed is not built again.
pub(super) fn build() -> Result<(), String> {
    let toolchain = Toolchain::choose()?;
    println!("building crdt-wasm with {}", toolchain.describe()?);
    install()?;
    let out = package().join("wasm");
    for (name, features) in MODULES {
        module(&toolchain, &out, name, features)?;
    }
    npm(&["run", "--silent", "build"])
}

/// What `package-lock.json` names, if it is not there yet.
fn install() -> Result<(), String> {
    let changed = |file: PathBuf| file.metadata().and_then(|about| about.modified()).ok();
    let installed = changed(package().join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= changed(package().join("package-lock.json")) {
        return Ok(());
    }
    npm(&["ci", "--no-audit", "--no-fund", "--loglevel=error"])
}

pub(super) fn npm(words: &[&str]) -> Result<(), String> {
    run(Command::new("npm").args(words).current_dir(package()))
}

/// A script of the package, with what Node prints.
pub(super) fn node(script: &str) -> Result<(), String> {
    run(Command::new("node").arg(script).current_dir(package()))
}

/// One module: compiled, given its JavaScript, and made smaller.
fn module(toolchain: &Toolchain, out: &Path, name: &str, features: &[&str]) -> Result<(), String> {
    let target = target()?.join("wasm");
    let mut compile = toolchain.cargo(&target)?;
    compile.args(["--quiet", "--profile", "wasm", "--package", "crdt-wasm"]).args(features);
    run(&mut compile)?;
    let compiled = target.join("wasm32-unknown-unknown/wasm/crdt_wasm.wasm");

    let mut bindgen = cargo();
    bindgen.args(["run", "--quiet", "--locked", "--package", "xtask", "--features", "bindgen"]);
    bindgen.args(["--bin", "bindgen", "--"]).arg(&compiled).arg(out).arg(name);
    run(bindgen.current_dir(root()))?;

    let bound = out.join(format!("{name}_bg.wasm"));
    let smaller = out.join(format!("{name}.wasm"));
    let mut optimize = Command::new(package().join("node_modules/.bin/wasm-opt"));
    optimize.args(["-Oz", "--converge", "--strip-debug", "--strip-producers"]);
    run(optimize.arg(&bound).arg("-o").arg(&smaller))?;
    fs::remove_file(&bound).map_err(|error| format!("{}: {error}", bound.display()))
}

/// Where cargo builds.
pub(super) fn target() -> Result<PathBuf, String> {
    let mut metadata = cargo();
    metadata.args(["metadata", "--no-deps", "--format-version", "1", "--locked"]);
    let metadata = output(metadata.current_dir(root()))?;
    let metadata: serde_json::Value = serde_json::from_str(&metadata)
        .map_err(|error| format!("cargo metadata cannot be read: {error}"))?;
    Ok(metadata["target_directory"].as_str().unwrap_or("target").into())
}
