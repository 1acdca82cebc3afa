//! Connecting to a region that has an address, again and again.

use std::time::Duration;
use std::{fmt, io};

use axum::http::{StatusCode, header};
use crdt_core::ReplicaId;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{client_async_with_config, tungstenite};

use super::addresses::ADDRESS;
use super::sync::{LONGEST_FRAME, PATIENCE, REGION, Socket, carry};
use super::{Node, addresses, peering};
use crate::config::Peer;
use crate::engine::{Refusal, Way};

/// The first pause before a region is tried again, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(10));

/// How long nothing is said again of why a region is not connected, if it is what was said.
const SAID: Duration = Duration::from_secs(60);

/// Keeps connected to a region that has an address, until the node ends.
pub async fn dial(node: Node, peer: Peer) {
    let Ok(peering) = node.peering(&peer.region) else { return };
    if let Some(url) = &peer.url {
        peering.set_url(url);
    }
    let mut gate = peering.gate();
    let mut pause = PAUSES.0;
    let mut complaints = Complaints::default();
    loop {
        let Some(url) = peering::open(&mut gate).await else { return };
        let url = format!("{}/v1/regions/{}/sync", url.trim_end_matches('/'), node.config.region);
        let begun = Instant::now();
        let connected = timeout(PATIENCE, connect(&node, &url, &peer)).await;
        match connected.unwrap_or(Err(NotConnected::Late)) {
            Ok(socket) => {
                let scopes = node.config.scopes_shared(&peer.region);
                let region = peer.region.clone();
                match node.engine.link_region(region, scopes, Way::Dialed).await {
                    Ok(link) => {
                        complaints = Complaints::default();
                        carry(&peering, link, socket).await;
                    }
                    Err(Refusal::Stopped) => return,
                    Err(_linked) => {}
                }
            }
            Err(why) => complaints.say(&peer.region, &url, &why),
        }
        if begun.elapsed() > PAUSES.1 {
            pause = PAUSES.0;
        }
        // So that not all come at once to a region that has come back.
        let part = 50 + u32::from(ReplicaId::random().as_bytes()[0]) * 50 / 255;
        tokio::select! {
            () = sleep(pause * part / 100) => pause = (pause * 2).min(PAUSES.1),
            _ = gate.changed() => pause = PAUSES.0,
        }
    }
}

/// A connection to this region, and to no other: nothing is sent over it before its name has come.
async fn connect(node: &Node, url: &str, peer: &Peer) -> Result<Socket, NotConnected> {
    let mut request = url.into_client_request()?;
    if let Some(token) = &peer.token {
        let value = format!("Bearer {token}").parse();
        let value = value.map_err(|error| {
            tungstenite::Error::HttpFormat(tungstenite::http::Error::from(error))
        })?;
        request.headers_mut().insert(header::AUTHORIZATION, value);
    }
    let url = request.uri().clone();
    if let Some(own) = addresses::own(&node.config, &url) {
        request.headers_mut().insert(ADDRESS, own);
    }
    let longest = Some(LONGEST_FRAME);
    let config = WebSocketConfig::default().max_message_size(longest).max_frame_size(longest);
    let is_encrypted = request.uri().scheme_str() == Some("wss");
    let host = request.uri().host().unwrap_or_default();
    // An address of IPv6 is in brackets there.
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let port = request.uri().port_u16().unwrap_or(if is_encrypted { 443 } else { 80 });
    let stream = TcpStream::connect((host.as_str(), port)).await?;
    stream.set_nodelay(true)?;
    let (socket, answer) = if is_encrypted {
        let connector =
            node.connector.as_ref().ok_or_else(|| io::Error::other("there is no TLS here"))?;
        let name = ServerName::try_from(host).map_err(io::Error::other)?;
        let stream = connector.connect(name, stream).await?;
        let (socket, answer) = client_async_with_config(request, stream, Some(config)).await?;
        (Socket::dialed(socket), answer)
    } else {
        let (socket, answer) = client_async_with_config(request, stream, Some(config)).await?;
        (Socket::dialed(socket), answer)
    };
    match said(&answer, REGION) {
        Some(region) if region == peer.region => {
            node.hear_address(&region, answer.headers());
            node.dialed(&region, &url);
            Ok(socket)
        }
        found => Err(NotConnected::Other { found }),
    }
}

fn said(answer: &Response, header: &str) -> Option<String> {
    Some(answer.headers().get(header)?.to_str().ok()?.to_owned())
}

/// Why a region is not connected.
#[derive(Debug)]
enum NotConnected {
    /// It has answered that it does not want to be.
    Refused { status: StatusCode, code: String, message: String },
    /// Another region answers, or what does not say which it is.
    Other { found: Option<String> },
    /// It cannot be reached.
    Away(tungstenite::Error),
    /// It does not answer.
    Late,
}

impl NotConnected {
    /// Whether somebody has to look at how the two are set up.
    fn is_lasting(&self) -> bool {
        match self {
            Self::Refused { code, .. } => {
                !matches!(code.as_str(), "connected-already" | "cut" | "ending")
            }
            Self::Other { .. } => true,
            Self::Away(_) | Self::Late => false,
        }
    }
}

impl From<tungstenite::Error> for NotConnected {
    fn from(error: tungstenite::Error) -> Self {
        let tungstenite::Error::Http(answer) = error else { return Self::Away(error) };
        let body = answer.body().as_deref().unwrap_or_default();
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |what: &str| body["error"][what].as_str().unwrap_or_default().to_owned();
        Self::Refused { status: answer.status(), code: text("code"), message: text("message") }
    }
}

impl From<io::Error> for NotConnected {
    fn from(error: io::Error) -> Self {
        Self::Away(error.into())
    }
}

impl fmt::Display for NotConnected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { status, code, message } => write!(f, "{status} {code}: {message}"),
            Self::Other { found: Some(found) } => {
                write!(f, "the region {found} answers there: correct the `url` or the name")
            }
            Self::Other { found: None } => {
                f.write_str("what answers there does not say which region it is")
            }
            Self::Away(error) => error.fmt(f),
            Self::Late => f.write_str("no answer"),
        }
    }
}

/// What was said last of why a region is not connected, and when.
#[derive(Debug, Default)]
struct Complaints {
    last: Option<(String, Instant)>,
}

impl Complaints {
    fn say(&mut self, region: &str, url: &str, why: &NotConnected) {
        let text = why.to_string();
        let is_said = |(last, at): &(String, Instant)| *last == text && at.elapsed() < SAID;
        if self.last.as_ref().is_some_and(is_said) {
            return;
        }
        if why.is_lasting() {
            tracing::warn!(region, url, why = text, "not connected");
        } else {
            tracing::info!(region, url, why = text, "not connected");
        }
        self.last = Some((text, Instant::now()));
    }
}
