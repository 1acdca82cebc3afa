//! What a token allows.

use std::collections::BTreeSet;

use crdt_core::ReplicaId;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::ConfigError;

/// What whoever shows a token may do.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// The SHA-256 of the token, in hexadecimal digits: `crdt-node hash-token` prints it. Tokens are
    /// long and random, so that one pass is enough.
    pub hash: String,
    /// The scopes; without a list all, or none for a region, which has those that are for it.
    pub scopes: Option<BTreeSet<String>>,
    /// What is allowed in them.
    #[serde(default)]
    pub may: May,
    /// The replicas that clients who show it may greet as, by their ids, and nobody else may; without a
    /// list any that nobody is bound to.
    pub replicas: Option<BTreeSet<String>>,
    /// The region that shows it: it may connect as that region, and only it.
    pub region: Option<String>,
}

/// What is allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum May {
    /// To read documents.
    #[default]
    Read,
    /// To read, write and synchronize them.
    Write,
}

impl Access {
    pub(super) fn check(&self, scopes: &[String]) -> Result<(), ConfigError> {
        let is_hash =
            self.hash.len() == 64 && self.hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_hash {
            return Err(ConfigError::Hash { hash: self.hash.clone() });
        }
        let is_none = |id: &&String| id.parse::<ReplicaId>().is_err();
        if let Some(replica) = self.replicas.iter().flatten().find(is_none) {
            return Err(ConfigError::Replica { replica: replica.clone() });
        }
        match self.scopes.iter().flatten().find(|scope| !scopes.contains(scope)) {
            Some(scope) => Err(ConfigError::UnknownScope { scope: scope.clone() }),
            None => Ok(()),
        }
    }

    /// The replicas that it is bound to.
    pub(super) fn replica_ids(&self) -> impl Iterator<Item = ReplicaId> {
        self.replicas.iter().flatten().filter_map(|id| id.parse().ok())
    }

    fn is_for(&self, hash: &str) -> bool {
        self.hash.to_ascii_lowercase().as_bytes().ct_eq(hash.as_bytes()).into()
    }
}

/// Who asks, as far as they have shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    scopes: Option<BTreeSet<String>>,
    may: May,
    region: Option<String>,
    /// The hash of the token that they have shown; none where none is asked for.
    hash: Option<String>,
    is_bound: bool,
}

impl Caller {
    /// Who shows this token, if it is one of those. Without any, everybody may do everything.
    pub fn of(token: Option<&str>, tokens: &[Access]) -> Option<Self> {
        if tokens.is_empty() {
            return Some(Self {
                scopes: None,
                may: May::Write,
                region: None,
                hash: None,
                is_bound: false,
            });
        }
        let hash = hash_of(token?);
        let access = tokens.iter().find(|access| access.is_for(&hash))?;
        let is_bound = access.replicas.is_some();
        let Access { scopes, may, region, .. } = access.clone();
        let scopes = scopes.or_else(|| region.is_some().then(BTreeSet::new));
        Some(Self { scopes, may, region, hash: Some(hash), is_bound })
    }

    /// Whether they may do that in a scope.
    pub fn may(&self, may: May, scope: &str) -> bool {
        self.may >= may && self.scopes.as_ref().is_none_or(|scopes| scopes.contains(scope))
    }

    /// Whether they may read any scope.
    pub fn may_read_any(&self) -> bool {
        self.scopes.as_ref().is_none_or(|scopes| !scopes.is_empty())
    }

    /// The hash of the token that they have shown; none where none is asked for.
    pub fn hash(&self) -> Option<&str> {
        self.hash.as_deref()
    }

    /// Whether they may greet as certain replicas only.
    pub const fn is_bound(&self) -> bool {
        self.is_bound
    }

    /// Whether they may connect as this region.
    pub fn is_region(&self, region: &str) -> bool {
        self.hash.is_none() || self.region.as_deref() == Some(region)
    }
}

/// What a configuration says of a token.
pub fn hash_of(token: &str) -> String {
    let halves = Sha256::digest(token.as_bytes());
    let halves = halves.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves.filter_map(|half| char::from_digit(half.into(), 16)).collect()
}
