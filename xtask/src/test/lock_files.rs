//! Where dependencies come from.

use std::fs;

use crate::workspace::lock_files;

/// As lock files name the default registry, whatever stands in for it on a machine.
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Every source in every lock file is the default registry.
pub(super) fn check() -> Result<(), String> {
    for file in lock_files() {
        let text = fs::read_to_string(&file)
            .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        if let Some(source) = foreign_source(&text) {
            return Err(format!("{} names {source}, not {REGISTRY}", file.display()));
        }
    }
    Ok(())
}

fn foreign_source(lock_file: &str) -> Option<&str> {
    let sources = lock_file.lines().filter_map(|line| line.strip_prefix("source = "));
    sources.map(|source| source.trim_matches('"')).find(|source| *source != REGISTRY)
}

#[cfg(test)]
mod tests {
    use super::{REGISTRY, foreign_source};

    #[test]
    fn another_source_is_found() {
        let lock = |source: &str| format!("[[package]]\nname = \"a\"\nsource = \"{source}\"\n");
        assert_eq!(foreign_source(&lock(REGISTRY)), None);
        assert_eq!(foreign_source("[[package]]\nname = \"ours\"\n"), None);
        let elsewhere = "git+https://example.org/a";
        assert_eq!(foreign_source(&(lock(REGISTRY) + &lock(elsewhere))), Some(elsewhere));
    }
}
