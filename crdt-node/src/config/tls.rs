//! What connections are encrypted with.

use std::path::PathBuf;

use serde::Deserialize;

/// What a node shows to those who connect.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// A PEM file: the certificate of this node, and those between it and the authority's.
    pub certificate: PathBuf,
    /// A PEM file: the private key of the certificate.
    pub key: PathBuf,
}
