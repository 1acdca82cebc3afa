//! Where users reach the regions.
//!
//! What is configured comes first, then what a region has told of itself when it connected, then where it
//! is dialed.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderValue, Uri};

use super::Node;
use crate::config::{Config, is_address};

/// The header in which a region tells where users reach it.
pub(super) const ADDRESS: &str = "crdt-address";

/// An address that is told is no longer, in bytes.
const LONGEST: usize = 256;

/// What the regions have told, by their names. Grows with those that are configured.
#[derive(Clone, Debug, Default)]
pub(super) struct Addresses(Arc<Mutex<BTreeMap<String, String>>>);

impl Addresses {
    fn get(&self, region: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(region).cloned()
    }

    fn set(&self, region: &str, address: String) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        told.insert(region.into(), address);
    }
}

/// What this region tells of itself to whom it dials there. Where it listens on this machine only, that is of
/// use to one on this machine.
pub(super) fn own(config: &Config, dialed: &Uri) -> Option<HeaderValue> {
    let is_here = || {
        let host = dialed.host().unwrap_or_default();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
    };
    let listens = || {
        let ip = config.listen.ip();
        let is_of_use = !ip.is_unspecified() && (!ip.is_loopback() || is_here());
        let scheme = if config.tls.is_some() { "https" } else { "http" };
        is_of_use.then(|| format!("{scheme}://{}", config.listen))
    };
    config.address.clone().or_else(listens)?.parse().ok()
}

impl Node {
    /// Where users reach a region, as far as that is known.
    pub(super) fn address_of(&self, region: &str) -> Option<String> {
        let peer = self.config.peers.iter().find(|peer| peer.region == region)?;
        let told = || self.addresses.get(region);
        peer.address.clone().or_else(told).or_else(|| peer.public_address())
    }

    /// A region that has connected, and shown that it is that one, tells where users reach it.
    pub(super) fn hear_address(&self, region: &str, headers: &HeaderMap) {
        let told = headers.get(ADDRESS).and_then(|told| told.to_str().ok());
        if let Some(told) = told.filter(|told| told.len() <= LONGEST && is_address(told)) {
            self.addresses.set(region, told.into());
        }
    }

    /// A region that was dialed there may be reached there, if it does not tell.
    pub(super) fn dialed(&self, region: &str, url: &Uri) {
        if self.addresses.get(region).is_none()
            && let Some(authority) = url.authority()
        {
            let scheme = if url.scheme_str() == Some("wss") { "https" } else { "http" };
            self.addresses.set(region, format!("{scheme}://{authority}"));
        }
    }
}
