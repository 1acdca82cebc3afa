//! Where dependencies come from.

use std::fs;
use std::path::Path;

use crate::cargo::root;
use crate::workspace::lock_files;

/// As lock files name the default registry, whatever stands in for it on a machine.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Every source in every lock file is the default registry.
pub(super) fn check() -> Result<(), String> {
    for file in lock_files() {
        if let Some(source) = foreign_source(&read(&file)?) {
            return Err(format!("{} names {source}, not {REGISTRY}", file.display()));
        }
    }
    let file = root().join("crdt-wasm/package-lock.json");
    match foreign_address(&read(&file)?) {
        Some(address) => Err(format!(
            "{} names {address}: install with its .npmrc, so that it names none",
            file.display()
        )),
        None => Ok(()),
    }
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}

fn foreign_source(lock_file: &str) -> Option<&str> {
    let sources = lock_file.lines().filter_map(|line| line.strip_prefix("source = "));
    sources.map(|source| source.trim_matches('"')).find(|source| *source != REGISTRY)
}

/// From where a package is taken, if not from the default registry: that one is left unnamed.
fn foreign_address(lock_file: &str) -> Option<&str> {
    let mut lines = lock_file.lines();
    let address = lines.find_map(|line| line.trim().strip_prefix("\"resolved\": "));
    address.map(|address| address.trim_matches(['"', ',']))
}

#[cfg(test)]
mod tests {
    use super::{REGISTRY, foreign_address, foreign_source};

    #[test]
    fn another_source_is_found() {
        let lock = |source: &str| format!("[[package]]\nname = \"a\"\nsource = \"{source}\"\n");
        assert_eq!(foreign_source(&lock(REGISTRY)), None);
        assert_eq!(foreign_source("[[package]]\nname = \"ours\"\n"), None);
        let elsewhere = "git+https://example.org/a";
        assert_eq!(foreign_source(&(lock(REGISTRY) + &lock(elsewhere))), Some(elsewhere));
    }
    #[test]
    fn an_address_is_found() {
        assert_eq!(foreign_address("  \"a\": {\n    \"version\": \"1.0.0\"\n  }\n"), None);
        let lock = "  \"a\": {\n    \"resolved\": \"https://example.org/a.tgz\",\n  }\n";
        assert_eq!(foreign_address(lock), Some("https://example.org/a.tgz"));
    }
}
