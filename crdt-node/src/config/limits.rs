//! The bounds of what a node takes.

use serde::Deserialize;

use super::ConfigError;

/// The bounds of what a node takes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// How many documents there may be: 1 to 1 000 000 000.
    pub documents: usize,
    /// How long a request may be, in bytes: 1 KiB to 1 GiB.
    pub request_bytes: usize,
    /// How many connections there may be at a time, for whatever they are: 1 to 1 000 000.
    pub connections: usize,
    /// How long the head of a request may take to come, its body besides, and an answer to be taken, in
    /// milliseconds: 1 to a day. A connection on which nothing is asked for as long is ended.
    pub slow_ms: u64,
    /// How long a request waits at most, in milliseconds: 1 to a day.
    pub wait_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            documents: 100_000,
            request_bytes: 1 << 20,
            connections: 4_096,
            slow_ms: 30_000,
            wait_ms: 30_000,
        }
    }
}

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

impl Limits {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wide = |value: usize| u64::try_from(value).unwrap_or(u64::MAX);
        for (limit, value, least, most) in [
            ("documents", wide(self.documents), 1, 1_000_000_000),
            ("request_bytes", wide(self.request_bytes), 1 << 10, 1 << 30),
            ("connections", wide(self.connections), 1, 1_000_000),
            ("slow_ms", self.slow_ms, 1, DAY_MS),
            ("wait_ms", self.wait_ms, 1, DAY_MS),
        ] {
            if !(least..=most).contains(&value) {
                return Err(ConfigError::Limit { limit, value, least, most });
            }
        }
        Ok(())
    }
}
