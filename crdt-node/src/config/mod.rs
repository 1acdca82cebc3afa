//! How a node is set up: a file, and what the command line says besides.
//!
//! ```toml
//! region = "eu-west"
//! listen = "127.0.0.1:8080"
//! data = "/var/lib/crdt"
//! origins = ["https://shop.example"]     # pages whose scripts may connect
//!
//! [tls]                                  # what is shown to those who connect
//! certificate = "/etc/crdt/certificate.pem"
//! key = "/etc/crdt/key.pem"
//!
//! [[peer]]                               # a region to connect to
//! region = "us-east"
//! url = "wss://us-east.example:8080"
//! token = "what us-east is shown"
//! address = "https://us-east.shop.example"  # where users reach it
//!
//! [nats]                                 # the NATS server of this region
//! url = "nats://127.0.0.1:4222"
//!
//! [scope.global]                         # documents that every region holds
//! [scope.eu-only]                        # and documents that these regions hold
//! regions = ["eu-west", "eu-central"]
//!
//! [[token]]                              # who may do what
//! hash = "sha256 of the token, in hexadecimal digits"
//! scopes = ["global"]
//! may = "write"
//! ```
//!
//! | file | what it answers |
//! |---|---|
//! | `error` | what is wrong with a configuration |
//! | `access` | what a token allows |
//! | `authorizer` | who may do what, and speak for which replica |
//! | `limits` | the bounds of what a node takes |
//! | `tls` | what connections are encrypted with |
//! | `nats` | how the region's NATS server is reached |

mod access;
mod authorizer;
mod error;
mod limits;
mod nats;
#[cfg(test)]
mod tests;
mod tls;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use access::{Access, Caller, May, hash_of};
pub use authorizer::{Authorizer, Tokens};
pub use error::ConfigError;
pub use limits::Limits;
pub use nats::Nats;
pub use tls::Tls;

/// The scope that there is when none is configured.
pub const GLOBAL: &str = "global";

/// A node as it is set up.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The name of the region.
    pub region: String,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The folder of the store; without one nothing outlasts the process, and [`serve`](crate::serve::serve)
    /// wants to be told that this is meant.
    pub data: Option<PathBuf>,
    /// Where users reach this region, `https://` or `http://`: told to the other regions. Without one they
    /// are told where it listens, if that is of use to them.
    pub address: Option<String>,
    /// What is shown to those who connect; without it connections are not encrypted.
    pub tls: Option<Tls>,
    /// A PEM file: the certificates of the authority that vouches for peers at `wss://`. Without one they
    /// are those whom the platform trusts.
    pub ca: Option<PathBuf>,
    /// The pages whose scripts may connect, by their origins.
    #[serde(default)]
    pub origins: BTreeSet<String>,
    /// The regions to connect to.
    #[serde(default, rename = "peer")]
    pub peers: Vec<Peer>,
    /// The scopes, by name.
    #[serde(default, rename = "scope")]
    pub scopes: BTreeMap<String, Scope>,
    /// Who may do what. Without one, everybody may do everything.
    #[serde(default, rename = "token")]
    pub tokens: Vec<Access>,
    /// The region's NATS server, if it has one.
    pub nats: Option<Nats>,
    /// The bounds.
    #[serde(default)]
    pub limits: Limits,
}

/// Another region.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
    /// Its name.
    pub region: String,
    /// Where it listens: `ws://` or `wss://`, the host and the port. Without one, it connects to us, or is
    /// reached over NATS.
    pub url: Option<String>,
    /// What it is shown.
    pub token: Option<String>,
    /// Where users reach it, `https://` or `http://`: what they are told who ask for what is there and
    /// not yet here. Without one they are told the `url`.
    pub address: Option<String>,
}

impl Peer {
    /// A region that connects to us.
    pub fn new(region: impl Into<String>) -> Self {
        Self { region: region.into(), url: None, token: None, address: None }
    }

    /// Where users reach it, as far as that is known.
    pub fn public_address(&self) -> Option<String> {
        // An address of a WebSocket differs in its beginning only.
        let of_url = || Some(self.url.as_ref()?.replacen("ws", "http", 1));
        self.address.clone().or_else(of_url)
    }
}

/// Documents under one policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// The regions that may hold it; without a list, all.
    pub regions: Option<BTreeSet<String>>,
}

impl Scope {
    /// Whether a region may hold it.
    pub fn includes(&self, region: &str) -> bool {
        self.regions.as_ref().is_none_or(|regions| regions.contains(region))
    }
}

impl Config {
    /// A region by itself, that listens here and keeps nothing.
    pub fn new(region: impl Into<String>, listen: SocketAddr) -> Self {
        Self {
            region: region.into(),
            listen,
            data: None,
            address: None,
            tls: None,
            ca: None,
            origins: BTreeSet::new(),
            peers: Vec::new(),
            scopes: BTreeMap::new(),
            tokens: Vec::new(),
            nats: None,
            limits: Limits::default(),
        }
    }

    /// Reads a file, in which `region` and `listen` may be left out if they are given here.
    ///
    /// # Errors
    ///
    /// When there is no such file, or it is not a configuration.
    pub fn read(
        path: &Path,
        region: Option<&str>,
        listen: Option<SocketAddr>,
    ) -> Result<Self, ConfigError> {
        let unreadable = |error| ConfigError::Unreadable { path: path.into(), error };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        Self::parse(&text, region, listen)
            .map_err(|error| ConfigError::Malformed { path: path.into(), error: Box::new(error) })
    }

    fn parse(
        text: &str,
        region: Option<&str>,
        listen: Option<SocketAddr>,
    ) -> Result<Self, toml::de::Error> {
        let mut table: toml::Table = text.parse()?;
        if let Some(region) = region {
            table.insert("region".into(), region.into());
        }
        if let Some(listen) = listen {
            table.insert("listen".into(), listen.to_string().into());
        }
        table.try_into()
    }

    /// Whether it connects to a peer that is reached over TLS.
    pub fn dials_over_tls(&self) -> bool {
        self.peers.iter().filter_map(|peer| peer.url.as_ref()).any(|url| url.starts_with("wss:"))
    }

    /// What is checked before anything starts.
    ///
    /// # Errors
    ///
    /// When something in it cannot be meant.
    pub fn check(&self, is_open: bool) -> Result<(), ConfigError> {
        let names = self.peers.iter().map(|peer| &peer.region).chain([&self.region]);
        let mut seen = BTreeSet::new();
        for name in names.clone() {
            if !is_name(name) {
                return Err(ConfigError::Name { what: "region", name: name.clone() });
            }
            if !seen.insert(name) {
                return Err(ConfigError::Twice { region: name.clone() });
            }
        }
        if let Some(address) = self.address.as_ref().filter(|address| !is_address(address)) {
            let (region, address) = (self.region.clone(), address.clone());
            return Err(ConfigError::Address { region, address });
        }
        for Peer { region, url, address, .. } in &self.peers {
            if let Some(address) = address.as_ref().filter(|address| !is_address(address)) {
                let (region, address) = (region.clone(), address.clone());
                return Err(ConfigError::Address { region, address });
            }
            if let Some(url) = url.as_ref().filter(|url| !has_host(url, WEB_SOCKET)) {
                return Err(ConfigError::Url { region: region.clone(), url: url.clone() });
            }
        }
        for (name, scope) in &self.scopes {
            if !is_name(name) {
                return Err(ConfigError::Name { what: "scope", name: name.clone() });
            }
            if let Some(unknown) = scope
                .regions
                .iter()
                .flatten()
                .find(|region| !names.clone().any(|name| name == *region))
            {
                let (scope, region) = (name.clone(), unknown.clone());
                return Err(ConfigError::UnknownRegion { scope, region });
            }
        }
        self.check_nats()?;
        for token in &self.tokens {
            token.check(&self.scope_names())?;
            if let Some(region) = token.region.as_ref().filter(|region| !self.is_peer(region)) {
                return Err(ConfigError::TokenRegion { region: region.clone() });
            }
        }
        self.limits.check()?;
        if self.tokens.is_empty() && !self.listen.ip().is_loopback() && !is_open {
            return Err(ConfigError::Open { listen: self.listen });
        }
        Ok(())
    }

    fn is_peer(&self, region: &str) -> bool {
        self.peers.iter().any(|peer| peer.region == region)
    }

    /// With NATS, what is bound to regions goes directly between them.
    fn check_nats(&self) -> Result<(), ConfigError> {
        if self.nats.is_none() {
            return Ok(());
        }
        if !cfg!(feature = "nats") {
            return Err(ConfigError::NoNats);
        }
        for scope in self.scopes_held().into_iter().filter(|scope| self.is_bound(scope)) {
            let holds = |peer: &&Peer| self.scopes_of(&peer.region).contains(&scope);
            let mut holders = self.peers.iter().filter(holds);
            if let Some(Peer { region, .. }) = holders.find(|peer| peer.url.is_none()) {
                return Err(ConfigError::Bound { scope, region: region.clone() });
            }
        }
        Ok(())
    }

    fn is_bound(&self, scope: &str) -> bool {
        self.scopes.get(scope).is_some_and(|scope| scope.regions.is_some())
    }

    /// The scopes that go over NATS: those that every region may hold.
    pub fn scopes_streamed(&self) -> Vec<String> {
        self.scopes_held().into_iter().filter(|scope| !self.is_bound(scope)).collect()
    }

    /// The scopes that this region holds.
    pub fn scopes_held(&self) -> Vec<String> {
        self.scopes_of(&self.region)
    }

    /// The scopes that another region may hold, of those that this one does.
    pub fn scopes_shared(&self, region: &str) -> Vec<String> {
        let held = self.scopes_held();
        self.scopes_of(region).into_iter().filter(|scope| held.contains(scope)).collect()
    }

    /// The other regions, each with the scopes that it shares with this one.
    pub fn members(&self) -> BTreeMap<String, Vec<String>> {
        let names = self.peers.iter().map(|peer| &peer.region);
        names.map(|region| (region.clone(), self.scopes_shared(region))).collect()
    }

    fn scopes_of(&self, region: &str) -> Vec<String> {
        if self.scopes.is_empty() {
            return vec![GLOBAL.into()];
        }
        let holds = self.scopes.iter().filter(|(_, scope)| scope.includes(region));
        holds.map(|(name, _)| name.clone()).collect()
    }

    fn scope_names(&self) -> Vec<String> {
        let names: Vec<String> = self.scopes.keys().cloned().collect();
        if names.is_empty() { vec![GLOBAL.into()] } else { names }
    }
}

const WEB_SOCKET: [&str; 2] = ["ws", "wss"];
const HTTP: [&str; 2] = ["http", "https"];

/// Whether it is an address where users may reach a region.
pub(crate) fn is_address(text: &str) -> bool {
    has_host(text, HTTP)
}

/// Whether it is an address that begins so, and has a host.
fn has_host(url: &str, schemes: [&str; 2]) -> bool {
    url.parse::<axum::http::Uri>().is_ok_and(|uri| {
        uri.scheme_str().is_some_and(|scheme| schemes.contains(&scheme))
            && uri.host().is_some_and(|host| !host.is_empty())
    })
}

/// Names travel in addresses: letters, digits, hyphens and underscores, 64 at most.
pub(crate) fn is_name(name: &str) -> bool {
    let is_right = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !name.is_empty() && name.len() <= 64 && name.chars().all(is_right)
}
