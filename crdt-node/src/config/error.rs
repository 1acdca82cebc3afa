//! What is wrong with a configuration.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::{fmt, io};

use crate::tls::TlsError;

/// Nothing was started.
#[derive(Debug)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file cannot be read.
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The file is no configuration.
    Malformed {
        /// Which.
        path: PathBuf,
        /// Where, and what would be right.
        error: Box<toml::de::Error>,
    },
    /// A name that cannot be one.
    Name {
        /// Of what.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A region is there twice.
    Twice {
        /// Its name.
        region: String,
    },
    /// The address of a region is none.
    Url {
        /// The region.
        region: String,
        /// What is there.
        url: String,
    },
    /// Where users reach a region is no address.
    Address {
        /// The region.
        region: String,
        /// What is there.
        address: String,
    },
    /// A scope is for a region that is none of those that there are.
    UnknownRegion {
        /// The scope.
        scope: String,
        /// The region.
        region: String,
    },
    /// A token is for a scope that there is not.
    UnknownScope {
        /// The scope.
        scope: String,
    },
    /// A scope that is bound to regions does not go over NATS, and there is no other way to one of
    /// them.
    Bound {
        /// The scope.
        scope: String,
        /// The region without an address.
        region: String,
    },
    /// NATS is configured, and this program was built without it.
    NoNats,
    /// The hash of a token is none.
    Hash {
        /// What is there.
        hash: String,
    },
    /// Connections cannot be encrypted as configured.
    Tls(TlsError),
    /// A token is shown by a region that is no peer.
    TokenRegion {
        /// The region.
        region: String,
    },
    /// A limit is out of range.
    Limit {
        /// Which.
        limit: &'static str,
        /// What is there.
        value: u64,
        /// The least that it may be.
        least: u64,
        /// The most that it may be.
        most: u64,
    },
    /// There is no folder for the store, and nobody has said that documents are kept in memory only.
    NoData,
    /// A token is bound to a replica id that is none.
    Replica {
        /// What is there.
        replica: String,
    },
    /// Whoever reaches the address could do everything.
    Open {
        /// The address.
        listen: SocketAddr,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Malformed { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Name { what, name } => write!(
                f,
                "{name:?} cannot be the name of a {what}: take up to 64 letters, digits, hyphens \
                 and underscores"
            ),
            Self::Twice { region } => {
                write!(
                    f,
                    "the region {region} is there twice: this one and its peers are different"
                )
            }
            Self::Url { region, url } => write!(
                f,
                "{url} is no address of the region {region}: it begins with ws:// or wss://, and \
                 has a host"
            ),
            Self::Address { region, address } => write!(
                f,
                "{address} is no address where users reach the region {region}: it begins with \
                 https:// or http://, and has a host"
            ),
            Self::UnknownRegion { scope, region } => write!(
                f,
                "the scope {scope} is for the region {region}, which is neither this one nor a \
                 peer: add it as a [[peer]], or take it out"
            ),
            Self::UnknownScope { scope } => {
                write!(
                    f,
                    "a token is for the scope {scope}, which there is not: add [scope.{scope}]"
                )
            }
            Self::Bound { scope, region } => write!(
                f,
                "the scope {scope} is bound to regions, so it does not go over NATS, and the region \
                 {region} has no `url` to connect to: add one"
            ),
            Self::Tls(error) => error.fmt(f),
            Self::NoNats => f.write_str(
                "NATS is configured, and this program was built without it: build it with \
                 `--features nats`",
            ),
            Self::Hash { hash } => write!(
                f,
                "{hash:?} is not the hash of a token: `crdt-node hash-token` prints one, of 64 \
                 hexadecimal digits"
            ),
            Self::TokenRegion { region } => write!(
                f,
                "a token is for the region {region}, which is no peer: add it as a [[peer]], or mend \
                 its name"
            ),
            Self::Limit { limit, value, least, most } => {
                write!(f, "limits.{limit} is {value}: take {least} to {most}")
            }
            Self::NoData => f.write_str(
                "there is no folder for the store: say `--data FOLDER`, or `data` in the file; or \
                 --in-memory, and all is lost when the process ends",
            ),
            Self::Replica { replica } => {
                write!(f, "a token is for the replica {replica:?}, which is no id: it is a UUID")
            }
            Self::Open { listen } => write!(
                f,
                "{listen} can be reached from elsewhere, and without a [[token]] everybody who \
                 reaches it may read and write everything: configure tokens, or say \
                 --without-authentication"
            ),
        }
    }
}

impl std::error::Error for ConfigError {}
