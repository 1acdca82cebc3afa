//! That every library can be published.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{env, fs};

use super::step::execute;
use crate::cargo::{cargo, root};
use crate::workspace::{Library, Workspace};

/// Where they are built, from nothing each time.
const TARGET: &str = "target/package-check";

/// Packages all libraries, and builds each from its package and the packages below it.
///
/// Cargo takes what has a version for what never changes, so that a library would be built upon
/// what the packages below it were in an earlier run. Therefore everything of that run is taken
/// away first.
pub(super) fn check() -> Result<(), String> {
    let workspace = Workspace::read()?;
    remove(&root().join(TARGET))?;
    forget_unpacked(&workspace)?;
    let mut package = cargo();
    package.args(["package", "--allow-dirty", "--quiet", "--target-dir", TARGET]);
    package.args(workspace.libraries.iter().flat_map(|library| ["--package", &library.name]));
    execute(&package)
}

/// The packages are unpacked among those of other registries, in the folder of one that has no host.
fn forget_unpacked(workspace: &Workspace) -> Result<(), String> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let Some(home) = home.or_else(|| Some(env::home_dir()?.join(".cargo"))) else { return Ok(()) };
    for registry in home.join("registry/src").read_dir().into_iter().flatten().flatten() {
        if registry.file_name().to_string_lossy().starts_with('-') {
            for library in &workspace.libraries {
                let Library { name, version, .. } = library;
                remove(&registry.path().join(format!("{name}-{version}")))?;
            }
        }
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<(), String> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(format!("cannot remove {}: {error}", folder.display()))
        }
        _ => Ok(()),
    }
}
