//! Nodes as their users meet them: HTTP, and regions that are connected over loopback.

mod access;
mod documents;
mod regions;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use crdt_node::config::{Config, Peer};
use crdt_node::engine::{Settings, start};
use crdt_node::http::{Node, dial, router};
use crdt_node::metrics;
use crdt_node::store::{Memory, Store};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower::ServiceExt;

const CART: &str = "/v1/documents/global/cart";

/// A region that listens, until it is dropped.
struct Region {
    name: &'static str,
    address: SocketAddr,
    router: Router,
    node: Node,
    tasks: Vec<JoinHandle<()>>,
}

impl Region {
    async fn start(name: &'static str, others: &[&str], change: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("has one");
        let mut config = Config::new(name, address);
        let peer = |region: &&str| Peer::new(*region);
        config.peers = others.iter().map(peer).collect();
        change(&mut config);
        config.check(false).expect("is right");
        let settings = Settings { members: config.members(), ..Settings::new(name) };
        let store: Arc<dyn Store> = Arc::new(Memory::new());
        let (engine, _) = start(settings, Arc::clone(&store)).expect("starts");
        let watched = tokio::spawn(metrics::watch(engine.clone(), store));
        let node = Node::new(engine, config);
        let router = router(node.clone());
        let served = router.clone();
        let task =
            tokio::spawn(async move { axum::serve(listener, served).await.expect("serves") });
        Self { name, address, router, node, tasks: vec![task, watched] }
    }

    fn dial(&mut self, other: &Self, token: Option<&str>) {
        let url = Some(format!("ws://{}", other.address));
        let peer = Peer { url, token: token.map(Into::into), ..Peer::new(other.name) };
        self.tasks.push(tokio::spawn(dial(self.node.clone(), peer)));
    }

    async fn ask(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.router.clone().oneshot(request).await.expect("answers");
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await.expect("ends");
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    /// What is measured, once all of these lines are there.
    async fn measured(&self, lines: &[&str]) -> String {
        let begun = Instant::now();
        loop {
            let request = Request::get("/metrics").body(Body::empty()).expect("a request");
            let response = self.router.clone().oneshot(request).await.expect("answers");
            let body = to_bytes(response.into_body(), 1 << 20).await.expect("ends");
            let text = String::from_utf8(body.into()).expect("a text");
            let missing = lines.iter().find(|line| !text.lines().any(|found| found == **line));
            let Some(missing) = missing else { return text };
            assert!(begun.elapsed() < Duration::from_secs(20), "{missing} is not in\n{text}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.ask(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    async fn post(&self, path: &str, body: impl ToString) -> (StatusCode, Value) {
        self.ask(Request::post(path).body(body.to_string().into()).expect("a request")).await
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

fn add(value: impl Into<Value>) -> Value {
    json!({"operations": [{"op": "set.add", "name": "cart", "values": [value.into()]}]})
}
