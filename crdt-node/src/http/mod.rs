//! What a node answers over HTTP: documents as JSON, and the `WebSocket`s that carry the protocol.
//!
//! | file | what it answers |
//! |---|---|
//! | `documents` | reads and writes |
//! | `operations` | the JSON of writes |
//! | `reading` | the JSON of reads |
//! | `session` | the token of a document |
//! | `host` | by which names a node that asks for no token may be asked |
//! | `listen` | the connections that come in |
//! | `sync` | the protocol over `WebSocket`s, with clients and with regions |
//! | `addresses` | where users reach the regions |
//! | `dial` | connecting to a region that has an address, again and again |
//! | `peering` | where a region is, whether it is cut off, and how many bytes have passed |
//! | `supervised` | what only a node answers that is run by a supervisor |
//! | `error` | what is refused, and how that is said |

mod addresses;
mod dial;
mod documents;
mod error;
mod host;
mod listen;
mod operations;
pub(crate) mod peering;
mod reading;
mod session;
mod supervised;
mod sync;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::middleware::from_fn_with_state;
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, get, post};
use serde_json::json;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use crate::config::{Authorizer, Caller, Config, May, Tokens};
use crate::console;
use crate::engine::Engine;
use addresses::Addresses;
use error::Failure;
use peering::Peering;

pub use dial::dial;
pub use listen::listen;
pub use sync::{LONGEST_FRAME, frame};

/// What is answered, as an `OpenAPI` 3.1 document in JSON.
pub const OPENAPI: &str = include_str!("../../openapi.json");

/// What every answer is made of.
#[derive(Clone)]
pub struct Node {
    pub(crate) engine: Engine,
    pub(crate) config: Arc<Config>,
    authorizer: Arc<dyn Authorizer>,
    /// What encrypts connections to peers, if that has been loaded.
    connector: Option<TlsConnector>,
    /// As many as may be connected at a time.
    connections: Arc<Semaphore>,
    /// Whether they are to end.
    ending: Arc<watch::Sender<bool>>,
    peerings: Arc<BTreeMap<String, Arc<Peering>>>,
    addresses: Addresses,
    /// The run that it is a part of, if a supervisor runs it.
    run: Option<Arc<str>>,
    /// Where the console's package is.
    console: Option<PathBuf>,
}

impl Node {
    /// A node that serves these documents.
    pub fn new(engine: Engine, config: Config) -> Self {
        let connections = Arc::new(Semaphore::new(config.limits.connections));
        let regions = config.peers.iter().map(|peer| peer.region.clone());
        let peerings = Arc::new(regions.map(|region| (region, Arc::default())).collect());
        Self {
            engine,
            authorizer: Tokens::shared(&config.tokens),
            config: Arc::new(config),
            connector: None,
            connections,
            ending: Arc::default(),
            peerings,
            addresses: Addresses::default(),
            run: None,
            console: None,
        }
    }

    /// Callers may do what this says, and not what the configuration does.
    #[must_use]
    pub fn with_authorizer(self, authorizer: Arc<dyn Authorizer>) -> Self {
        Self { authorizer, ..self }
    }

    /// Peers at `wss://` are reached with this: see [`connector`](crate::tls::connector).
    #[must_use]
    pub fn with_connector(self, connector: TlsConnector) -> Self {
        Self { connector: Some(connector), ..self }
    }

    /// A node that a supervisor runs, which tells it where the others are and cuts links. It meets
    /// regions of the same run, and no others, whatever port those have.
    #[must_use]
    pub fn supervised(self, run: &str) -> Self {
        Self { run: Some(run.into()), ..self }
    }

    /// A node whose console edits documents, with the npm package whose `dist` is this folder.
    pub fn with_console(self, package: PathBuf) -> Self {
        Self { console: Some(package), ..self }
    }

    /// The way to a region that is configured.
    pub(crate) fn way_to(&self, region: &str) -> Option<Arc<Peering>> {
        self.peerings.get(region).cloned()
    }

    /// Has each connection end once what was asked on it is answered. Returns when they have, at the
    /// latest after `patience`.
    pub async fn end_connections(&self, patience: Duration) {
        self.ending.send_replace(true);
        let all = u32::try_from(self.config.limits.connections).unwrap_or(u32::MAX);
        let _late = timeout(patience, self.connections.acquire_many(all)).await;
    }

    fn peering(&self, region: &str) -> Result<Arc<Peering>, Failure> {
        self.way_to(region).ok_or_else(|| Failure::no_such_region(region))
    }

    /// Where it was told to listen.
    pub fn listens(&self) -> std::net::SocketAddr {
        self.config.listen
    }

    /// What serves its documents.
    pub const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Whether the region has a NATS server.
    pub fn has_nats(&self) -> bool {
        self.config.nats.is_some()
    }
}

/// All that a node answers.
pub fn router(node: Node) -> Router {
    let limit = DefaultBodyLimit::max(node.config.limits.request_bytes);
    let supervised = if node.run.is_some() { supervised::routes() } else { Router::new() };
    // Regions of another run find nothing here.
    let of_run = node
        .run
        .as_ref()
        .map(|run| Router::new().route(&format!("/{run}{REGION_SYNC}"), get(sync::region)));
    let add = |router: Router<Node>, (_, path, answer)| router.route(path, answer);
    routes()
        .into_iter()
        .filter(|(_, path, _)| of_run.is_none() || *path != REGION_SYNC)
        .fold(Router::new(), add)
        .merge(of_run.unwrap_or_default())
        .merge(supervised)
        .merge(console::routes(
            node.console.clone(),
            json!({"region": node.config.region, "supervised": false}),
        ))
        .fallback(|| async { Failure::no_such_path() })
        .method_not_allowed_fallback(|| async { Failure::no_such_method() })
        .layer(limit)
        .layer(from_fn_with_state(node.clone(), host::check))
        .with_state(node)
}

/// Where another region connects.
const REGION_SYNC: &str = "/v1/regions/{region}/sync";

/// All that is asked, by method and path: what [`OPENAPI`] tells of.
fn routes() -> [(&'static str, &'static str, MethodRouter<Node>); 11] {
    const DOCUMENT: &str = "/v1/documents/{scope}/{document}";
    [
        ("get", "/healthz", get(|| async { "ok\n" })),
        ("get", "/readyz", get(ready)),
        ("get", "/metrics", get(metrics)),
        (
            "get",
            "/v1/openapi.json",
            get(|| async { ([(CONTENT_TYPE, "application/json")], OPENAPI) }),
        ),
        ("get", "/v1/documents", get(documents::list)),
        ("get", DOCUMENT, get(documents::read)),
        ("post", DOCUMENT, post(documents::write)),
        ("get", "/v1/documents/{scope}/{document}/{name}", get(documents::read_name)),
        ("get", "/v1/regions", get(documents::regions)),
        ("get", "/v1/sync/{scope}/{document}", get(sync::client)),
        ("get", REGION_SYNC, get(sync::region)),
    ]
}

/// Whether documents can be read: the store was opened, and has not failed.
async fn ready(State(node): State<Node>) -> Result<&'static str, Failure> {
    node.engine.ready().await?;
    Ok("ready\n")
}

/// What is measured, as Prometheus reads it: for whoever may read any scope. It names all scopes and regions
/// of the node, and nothing that is in them. A connection from the same machine is nothing special, as a
/// proxy's is one, too.
async fn metrics(caller: Caller, State(node): State<Node>) -> Result<impl IntoResponse, Failure> {
    if !caller.may_read_any() {
        return Err(Failure::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "the token allows to read no scope, and so not what is measured either",
        ));
    }
    Ok(([(CONTENT_TYPE, "text/plain; version=0.0.4")], node.engine.metrics().render()))
}

impl FromRequestParts<Node> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, node: &Node) -> Result<Self, Failure> {
        let shown = parts.headers.get(AUTHORIZATION).and_then(|shown| shown.to_str().ok());
        let token = shown.and_then(|shown| shown.strip_prefix("Bearer "));
        let offered = parts.headers.get("sec-websocket-protocol");
        let offered = offered.and_then(|offered| offered.to_str().ok());
        // Scripts of pages cannot set a header on a WebSocket, but offer protocols.
        let offered = offered.and_then(|names| {
            names.split(',').find_map(|name| name.trim().strip_prefix(sync::BEARER))
        });
        node.authorizer.caller(token.or(offered)).ok_or_else(Failure::unauthenticated)
    }
}

impl Node {
    /// Whether a caller may do that here, in a scope that this region holds.
    fn allow(&self, caller: &Caller, may: May, scope: &str) -> Result<(), Failure> {
        // Whether there is such a scope elsewhere is not for everybody to know.
        if !self.authorizer.may(caller, May::Read, scope)
            || !self.config.scopes_held().iter().any(|held| held == scope)
        {
            return Err(Failure::no_such_scope(scope));
        }
        if !self.authorizer.may(caller, may, scope) {
            return Err(Failure::forbidden(scope));
        }
        Ok(())
    }
}
