//! Which packages there are, as cargo says it.

use std::path::PathBuf;

use serde_json::Value;

use crate::cargo::{cargo, root};

/// The packages of the workspace, as far as the commands treat them differently.
pub(crate) struct Workspace {
    /// What is published.
    pub(crate) libraries: Vec<Library>,
    /// Packages that have benches.
    pub(crate) benches: Vec<String>,
}

pub(crate) struct Library {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Without `default` and `std`.
    pub(crate) features: Vec<String>,
}

impl Workspace {
    pub(crate) fn read() -> Result<Self, String> {
        let mut command = cargo();
        command.args(["metadata", "--no-deps", "--format-version", "1", "--locked"]);
        command.current_dir(root());
        let output = command.output().map_err(|error| format!("cannot run cargo: {error}"))?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().into());
        }
        let metadata: Value = serde_json::from_slice(&output.stdout)
            .map_err(|error| format!("cargo metadata cannot be read: {error}"))?;
        let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(Self {
            libraries: packages
                .iter()
                .filter(|package| is_published(package))
                .map(library)
                .collect(),
            benches: packages
                .iter()
                .filter(|package| has_benches(package))
                .map(|package| text(package, "name"))
                .collect(),
        })
    }

    /// All features of all libraries, each once.
    pub(crate) fn features(&self) -> Vec<String> {
        let mut features: Vec<_> =
            self.libraries.iter().flat_map(|library| library.features.clone()).collect();
        features.sort();
        features.dedup();
        features
    }
}

/// The lock files of the repository: of the workspace, and of the packages that stand outside it.
pub(crate) fn lock_files() -> Vec<PathBuf> {
    let inside = |folder: PathBuf| {
        let entries = folder.read_dir().into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir() && !path.ends_with("target"))
    };
    let folders = inside(root()).flat_map(|folder| inside(folder.clone()).chain([folder]));
    let mut files: Vec<_> =
        folders.chain([root()]).map(|folder| folder.join("Cargo.lock")).collect();
    files.retain(|file| file.exists());
    files.sort();
    files
}

/// `publish = false` reads as a list of no registries.
fn is_published(package: &Value) -> bool {
    package["publish"].is_null()
}

fn has_benches(package: &Value) -> bool {
    let targets = package["targets"].as_array().map(Vec::as_slice).unwrap_or_default();
    targets.iter().any(|target| target["kind"][0] == "bench")
}

fn library(package: &Value) -> Library {
    let features = package["features"].as_object().into_iter().flat_map(|features| features.keys());
    let own = features.filter(|feature| !matches!(feature.as_str(), "default" | "std"));
    Library {
        name: text(package, "name"),
        version: text(package, "version"),
        features: own.cloned().collect(),
    }
}

fn text(package: &Value, key: &str) -> String {
    package[key].as_str().unwrap_or_default().into()
}
