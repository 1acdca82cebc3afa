//! That every library can be published.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use super::step::execute;
use crate::cargo::{cargo, root};
use crate::workspace::{Library, Workspace};

/// Where all of it happens, from nothing each time, among what cargo builds.
const FOLDER: &str = "package-check";

/// Packages all libraries, unpacks them beside each other, and builds them there, with every
/// feature, from what is in the packages and nothing else.
///
/// Cargo's own check is left out: it unpacks what is not published yet among the sources of its home
/// folder, where it takes what has a version for what never changes, so that a library would be
/// built upon what the packages below it were in an earlier run.
pub(super) fn check() -> Result<(), String> {
    let Workspace { libraries, target, .. } = Workspace::read()?;
    let folder = target.join(FOLDER);
    remove(&folder)?;

    let mut package = cargo();
    package.args(["package", "--no-verify", "--allow-dirty", "--quiet"]);
    package.arg("--target-dir").arg(&folder);
    package.args(libraries.iter().flat_map(|library| ["--package", &library.name]));
    execute(&package)?;

    let unpacked = folder.join("unpacked");
    fs::create_dir(&unpacked)
        .map_err(|error| format!("cannot make {}: {error}", unpacked.display()))?;
    for Library { name, version, .. } in &libraries {
        unpack(&folder.join(format!("package/{name}-{version}.crate")), &unpacked)?;
    }
    write(&unpacked.join("Cargo.toml"), &workspace_of(&libraries))?;
    // The versions that everything else is tested with; cargo strikes out those that it lacks.
    let lock_file = fs::read_to_string(root().join("Cargo.lock"));
    let lock_file = lock_file.map_err(|error| format!("cannot read Cargo.lock: {error}"))?;
    write(&unpacked.join("Cargo.lock"), &lock_file)?;

    let mut check = cargo();
    check.args(["check", "--workspace", "--all-features", "--quiet"]);
    check.arg("--manifest-path").arg(unpacked.join("Cargo.toml"));
    check.arg("--target-dir").arg(folder.join("built"));
    execute(&check)
}

/// A workspace in which the libraries stand for what their packages ask of the registry.
fn workspace_of(libraries: &[Library]) -> String {
    let patch = |library: &Library| {
        let Library { name, version, .. } = library;
        format!("{name} = {{ path = \"{name}-{version}\" }}\n")
    };
    let patches: String = libraries.iter().map(patch).collect();
    format!("[workspace]\nresolver = \"3\"\nmembers = [\"*-*\"]\n\n[patch.crates-io]\n{patches}")
}

fn unpack(package: &Path, folder: &Path) -> Result<(), String> {
    let mut tar = Command::new("tar");
    let status = tar.arg("-xzf").arg(package).arg("-C").arg(folder).status();
    let status = status.map_err(|error| format!("cannot run tar: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("cannot unpack {}", package.display())) }
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    fs::write(file, text).map_err(|error| format!("cannot write {}: {error}", file.display()))
}

fn remove(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}
