//! By which names a node that asks for no token may be asked.
//!
//! A page of anybody's may have its own name resolve to this machine, and then is of the same origin as the
//! node, whose documents it reads and writes (DNS rebinding). It cannot have an IP address for a name, nor
//! `localhost`. A node that listens on loopback alone, and asks for no token, trusts in nothing else.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::http::header;
use axum::http::uri::Authority;
use axum::middleware::Next;
use axum::response::Response;

use super::Node;
use super::error::Failure;

/// Answers what is asked of this machine by address; with tokens, whatever it is called.
pub(super) async fn check(
    State(node): State<Node>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let is_open = node.config.tokens.is_empty() && node.config.listen.ip().is_loopback();
    if let Some(host) = request.headers().get(header::HOST).filter(|_| is_open) {
        let host = String::from_utf8_lossy(host.as_bytes());
        if !is_address(&host) {
            return Err(Failure::host(&host));
        }
    }
    Ok(next.run(request).await)
}

/// Whether it is an IP address or `localhost`, with a port or without.
fn is_address(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host();
    let within = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    within.unwrap_or(name).parse::<IpAddr>().is_ok() || name.eq_ignore_ascii_case("localhost")
}
