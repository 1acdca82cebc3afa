//! The protocol over `WebSocket`s, with clients and with regions.
//!
//! A client has one document: each binary message is one of the protocol's. Regions have all documents
//! of the scopes that both may hold: each binary message says which document it is for.

pub mod frame;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::{Sink, SinkExt, Stream, StreamExt};
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite;

use super::Node;
use super::addresses::ADDRESS;
use super::documents::address;
use super::error::Failure;
use super::listen::Admitted;
use super::peering::{self, Peering};
use crate::config::{Caller, May};
use crate::engine::{Ending, Link, Outgoing, SpeaksFor, Way};
use crate::store::Address;

/// What a page's script offers besides [`PROTOCOL`], with its token after it.
pub(super) const BEARER: &str = "bearer.";

/// The header of an answer to a region that connects: which region this is.
pub(super) const REGION: &str = "crdt-region";

/// What this speaks.
const PROTOCOL: &str = "crdt";

/// How long a message between regions is at most, in bytes: one of the protocol, and what says which
/// document it is for.
pub const LONGEST_FRAME: usize = (1 << 20) + 256;

/// How long the other end may take to take a message, or to answer when it is dialed.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// After how long without a message it is asked whether it is there; after twice that it is not.
const SILENCE: Duration = Duration::from_secs(15);

/// A client, for one document.
pub(super) async fn client(
    caller: Caller,
    State(node): State<Node>,
    Path((scope, document)): Path<(String, String)>,
    headers: HeaderMap,
    admitted: Admitted,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Failure> {
    let address = address(&node, &caller, May::Write, scope, document)?;
    node.check_origin(&headers)?;
    let upgrade = checked(upgrade)?;
    let authorizer = Arc::clone(&node.authorizer);
    let speaks_for = SpeaksFor::those(move |replica| authorizer.may_speak_for(&caller, replica));
    let link = node.engine.link_client(address.clone(), speaks_for).await?;
    Ok(accept(admitted, upgrade, move |socket| {
        let unwrap = move |bytes: &Bytes| Some((address.clone(), bytes.clone()));
        serve(link, socket, |(_, bytes)| bytes, unwrap)
    }))
}

/// Another region.
pub(super) async fn region(
    caller: Caller,
    State(node): State<Node>,
    Path(region): Path<String>,
    headers: HeaderMap,
    admitted: Admitted,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Failure> {
    let is_peer = node.config.peers.iter().any(|peer| peer.region == region);
    if !is_peer || !caller.is_region(&region) {
        let message =
            format!("the token is not that of a region {region:?} that is configured here");
        return Err(Failure::new(StatusCode::FORBIDDEN, "no-such-region", message));
    }
    node.check_origin(&headers)?;
    let peering = node.peering(&region)?;
    if peering.is_cut() {
        return Err(Failure::cut(&region));
    }
    let upgrade = checked(upgrade)?;
    let scopes = node.config.scopes_shared(&region);
    let link = node.engine.link_region(region.clone(), scopes, Way::Accepted).await?;
    node.hear_address(&region, &headers);
    let own = HeaderValue::from_str(&node.config.region);
    let address = node.config.address.as_deref().and_then(|address| address.parse().ok());
    let carry = move |socket| async move { carry(&peering, link, socket).await };
    let mut response = accept(admitted, upgrade, carry);
    if let Ok(own) = own {
        response.headers_mut().insert(REGION, own);
    }
    if let Some(address) = address {
        response.headers_mut().insert(ADDRESS, address);
    }
    Ok(response)
}

/// Whether the request is one for a `WebSocket`: before that is known, nothing is made.
fn checked(
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<WebSocketUpgrade, Failure> {
    upgrade.map_err(|why| Failure::malformed(why.body_text()))
}

fn accept<F: Future<Output = ()> + Send + 'static>(
    admitted: Admitted,
    upgrade: WebSocketUpgrade,
    serve: impl FnOnce(Socket) -> F + Send + 'static,
) -> Response {
    let upgrade = upgrade.max_message_size(LONGEST_FRAME).max_frame_size(LONGEST_FRAME);
    let upgrade = upgrade.protocols([PROTOCOL]);
    upgrade.on_upgrade(async move |socket| {
        serve(Socket::accepted(socket)).await;
        drop(admitted);
    })
}

/// What comes over a socket.
enum Incoming {
    Message(Bytes),
    /// A sign of life.
    Nothing,
}

/// What goes over a socket.
enum Leaving {
    Message(Bytes),
    /// Asks for a sign of life.
    Ping,
    /// Ends it, and says why.
    Close(Ending),
}

/// What is said besides when a connection is closed by this end.
const fn code(ending: Ending) -> u16 {
    match ending {
        Ending::ReplicaId(_) => 4403,
        Ending::Replaced => 4409,
    }
}

impl From<Leaving> for Message {
    fn from(leaving: Leaving) -> Self {
        match leaving {
            Leaving::Message(bytes) => Self::Binary(bytes),
            Leaving::Ping => Self::Ping(Bytes::new()),
            Leaving::Close(ending) => Self::Close(Some(CloseFrame {
                code: code(ending),
                reason: ending.to_string().into(),
            })),
        }
    }
}

/// A connection, whoever has begun it.
pub(super) struct Socket {
    incoming: std::pin::Pin<Box<dyn Stream<Item = Incoming> + Send>>,
    outgoing: std::pin::Pin<Box<dyn Sink<Leaving, Error = ()> + Send>>,
}

impl Socket {
    fn accepted(socket: WebSocket) -> Self {
        let (sink, stream) = socket.split();
        let incoming = stream.take_while(|message| std::future::ready(message.is_ok()));
        let incoming = incoming.map(|message| match message {
            Ok(Message::Binary(bytes)) => Incoming::Message(bytes),
            _ => Incoming::Nothing,
        });
        let outgoing = sink.sink_map_err(drop).with(async |leaving: Leaving| Ok(leaving.into()));
        Self { incoming: Box::pin(incoming), outgoing: Box::pin(outgoing) }
    }

    pub(super) fn dialed<S>(socket: tokio_tungstenite::WebSocketStream<S>) -> Self
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    {
        let (sink, stream) = socket.split();
        let incoming = stream.take_while(|message| std::future::ready(message.is_ok()));
        let incoming = incoming.map(|message| match message {
            Ok(tungstenite::Message::Binary(bytes)) => Incoming::Message(bytes),
            _ => Incoming::Nothing,
        });
        let outgoing = sink.sink_map_err(drop).with(async |leaving: Leaving| {
            Ok(match leaving {
                Leaving::Message(bytes) => tungstenite::Message::Binary(bytes),
                Leaving::Ping => tungstenite::Message::Ping(Bytes::new()),
                Leaving::Close(_) => tungstenite::Message::Close(None),
            })
        });
        Self { incoming: Box::pin(incoming), outgoing: Box::pin(outgoing) }
    }
}

/// Carries the messages of a region, until either end is gone or the two are cut.
pub(super) async fn carry(peering: &Peering, link: Link, socket: Socket) {
    let _open = peering.opened();
    let mut gate = peering.gate();
    let wrap = |outgoing| peering.sends(frame::wrap(outgoing));
    let unwrap = |bytes: &Bytes| frame::unwrap(peering.receives(bytes));
    tokio::select! {
        biased;
        () = peering::cut(&mut gate) => {}
        () = serve(link, socket, wrap, unwrap) => {}
    }
}

/// Carries messages both ways, until either end is gone. Neither way waits for the other: two ends that
/// both have much to say would wait for each other.
async fn serve(
    mut link: Link,
    socket: Socket,
    wrap: impl Fn(Outgoing) -> Bytes,
    unwrap: impl Fn(&Bytes) -> Option<(Address, Bytes)>,
) {
    let Socket { mut incoming, mut outgoing } = socket;
    let (inbox, is_there) = (link.inbox(), Notify::new());
    let write = async {
        loop {
            let next = tokio::select! {
                next = link.next() => {
                    let Some(next) = next else { break };
                    Leaving::Message(wrap(next))
                }
                () = is_there.notified() => Leaving::Ping,
            };
            if !matches!(timeout(PATIENCE, outgoing.send(next)).await, Ok(Ok(()))) {
                return true;
            }
        }
        match link.ending() {
            Some(ending) => {
                let sent = timeout(PATIENCE, outgoing.send(Leaving::Close(ending))).await;
                !matches!(sent, Ok(Ok(())))
            }
            None => false,
        }
    };
    let read = async {
        let mut is_asked = false;
        loop {
            match timeout(SILENCE, incoming.next()).await {
                Ok(Some(Incoming::Message(bytes))) => {
                    is_asked = false;
                    // Who names no document speaks something else.
                    let Some((address, bytes)) = unwrap(&bytes) else { break };
                    if inbox.receive(address, bytes).await.is_err() {
                        break;
                    }
                }
                Ok(Some(Incoming::Nothing)) => is_asked = false,
                Ok(None) => break,
                Err(_silent) if is_asked => break,
                Err(_silent) => {
                    is_asked = true;
                    is_there.notify_one();
                }
            }
        }
    };
    let is_broken = tokio::select! {
        is_broken = write => is_broken,
        () = read => false,
    };
    // A sink that has failed is not to be asked for anything again, not even to close.
    if !is_broken {
        let _gone = timeout(Duration::from_secs(1), outgoing.close()).await;
    }
}

impl Node {
    /// Pages may connect from where they are allowed to; programs say no origin.
    pub(super) fn check_origin(&self, headers: &HeaderMap) -> Result<(), Failure> {
        let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
        let origin = origin.to_str().unwrap_or_default();
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        // Where connections are not encrypted, a proxy may have ended TLS.
        let is_own = host.is_some_and(|host| {
            let is_plain = self.config.tls.is_none() && origin == format!("http://{host}");
            is_plain || origin == format!("https://{host}")
        });
        if is_own || self.config.origins.contains(origin) {
            return Ok(());
        }
        Err(Failure::origin(origin))
    }
}
