//! Which packages there are, as cargo says it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use crate::cargo::{cargo, root};

/// The packages of the workspace, as far as the commands treat them differently.
pub(crate) struct Workspace {
    /// What is published.
    pub(crate) libraries: Vec<Library>,
    pub(crate) has_benches: bool,
    /// Where cargo puts what it builds.
    pub(crate) target: PathBuf,
}

pub(crate) struct Library {
    pub(crate) name: String,
    pub(crate) version: String,
    /// What each brings along; without `default` and `std`.
    features: BTreeMap<String, Vec<String>>,
    /// The integration tests that need features, and which.
    tests: Vec<(String, Vec<String>)>,
}

impl Library {
    pub(crate) fn has(&self, feature: &str) -> bool {
        self.features.contains_key(feature)
    }

    /// Whether a feature turns `std` on, by itself or through others.
    pub(crate) fn brings_std(&self, feature: &str) -> bool {
        let brought = self.features.get(feature).map(Vec::as_slice).unwrap_or_default();
        brought.iter().any(|other| other == "std" || (other != feature && self.brings_std(other)))
    }

    /// The integration tests that need this feature and no other.
    pub(crate) fn tests_of<'a>(&'a self, feature: &'a str) -> impl Iterator<Item = &'a str> {
        let tests = self.tests.iter().filter(move |(_, needed)| *needed == [feature]);
        tests.map(|(name, _)| name.as_str())
    }
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
        let packages = list(&metadata, "packages");
        Ok(Self {
            libraries: packages
                .iter()
                .filter(|package| is_published(package))
                .map(library)
                .collect(),
            has_benches: packages.iter().any(has_benches),
            target: text(&metadata, "target_directory").into(),
        })
    }

    /// All features of all libraries, each once.
    pub(crate) fn features(&self) -> Vec<String> {
        let mut features: Vec<_> =
            self.libraries.iter().flat_map(|library| library.features.keys().cloned()).collect();
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
    list(package, "targets").iter().any(|target| target["kind"][0] == "bench")
}

fn library(package: &Value) -> Library {
    let features = package["features"].as_object().into_iter().flatten();
    let own = features.filter(|(feature, _)| !matches!(feature.as_str(), "default" | "std"));
    let tests = list(package, "targets").iter().filter(|target| target["kind"][0] == "test");
    Library {
        name: text(package, "name"),
        version: text(package, "version"),
        features: own.map(|(feature, brought)| (feature.clone(), texts(brought))).collect(),
        tests: tests
            .map(|target| (text(target, "name"), texts(&target["required-features"])))
            .collect(),
    }
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn texts(list: &Value) -> Vec<String> {
    let texts = list.as_array().into_iter().flatten().filter_map(Value::as_str);
    texts.map(String::from).collect()
}

fn text(package: &Value, key: &str) -> String {
    package[key].as_str().unwrap_or_default().into()
}
