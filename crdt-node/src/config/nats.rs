//! How the region's NATS server is reached.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

/// The NATS server of a region, with `JetStream`, and what it keeps.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nats {
    /// Where it is: `nats://` or `tls://`, the host and the port. It is one of this region's own.
    pub url: String,
    /// The `JetStream` domains of regions where they are not called as the regions are.
    #[serde(default)]
    pub domains: BTreeMap<String, String>,
    /// A file of credentials.
    pub credentials: Option<PathBuf>,
    /// A user, with a password.
    pub user: Option<String>,
    /// The user's password.
    pub password: Option<String>,
    /// A file of certificates of the authority that vouches for the server.
    pub ca: Option<PathBuf>,
    /// For how long streams keep what they were told: whoever was away for longer gets the rest over
    /// a link. A day.
    #[serde(default = "keep_seconds")]
    pub keep_seconds: u64,
    /// How much of it, in bytes: the server reserves as much for each scope and region. 1 GiB.
    #[serde(default = "keep_bytes")]
    pub keep_bytes: u64,
}

const fn keep_seconds() -> u64 {
    24 * 60 * 60
}

const fn keep_bytes() -> u64 {
    1 << 30
}

impl Nats {
    /// A server that asks for no credentials.
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            domains: BTreeMap::new(),
            credentials: None,
            user: None,
            password: None,
            ca: None,
            keep_seconds: keep_seconds(),
            keep_bytes: keep_bytes(),
        }
    }

    /// The `JetStream` domain of a region.
    pub fn domain_of<'a>(&'a self, region: &'a str) -> &'a str {
        self.domains.get(region).map_or(region, String::as_str)
    }
}
