//! How many connections a node serves, and how slow they may be.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crdt_core::{Reading, ReplicaId};
use crdt_document::Document;
use crdt_node::config::{Config, Limits, hash_of};
use crdt_node::engine::{Settings, start};
use crdt_node::http::{Node, listen};
use crdt_node::store::Memory;
use crdt_sync::{Config as SyncConfig, Opening, Peer, Replica};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// How long anything may take.
const LONG: Duration = Duration::from_secs(30);

struct Served {
    address: SocketAddr,
    node: Node,
    task: JoinHandle<()>,
}

impl Served {
    async fn start(limits: Limits) -> Self {
        Self::start_with(|config| config.limits = limits).await
    }

    async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("has one");
        let mut config = Config::new("eu", address);
        change(&mut config);
        let (engine, _) = start(Settings::new("eu"), Arc::new(Memory::new())).expect("starts");
        let node = Node::new(engine, config);
        let task = tokio::spawn(listen(listener, None, node.clone()));
        Self { address, node, task }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("connects")
    }

    /// What a connection of its own is answered.
    async fn ask(&self, path: &str) -> String {
        let mut stream = self.connect().await;
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("writes");
        rest(stream).await
    }

    /// Waits until a connection is served.
    async fn until_there_is_room(&self) {
        let begun = Instant::now();
        while !self.ask("/healthz").await.starts_with("HTTP/1.1 200") {
            assert!(begun.elapsed() < LONG, "there is no room");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// What comes until the connection ends.
async fn rest(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    let read = tokio::time::timeout(LONG, stream.read_to_end(&mut answer)).await;
    let _cut_off = read.expect("it ends");
    String::from_utf8_lossy(&answer).into_owned()
}

/// A connection that has been served once, and stays.
async fn stays(served: &Served) -> TcpStream {
    let mut stream = served.connect().await;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.expect("writes");
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.expect("is answered");
    assert_eq!(&answer, b"HTTP/1.1 200");
    stream
}

#[tokio::test]
async fn a_connection_too_many_is_told_so_and_comes_when_another_has_ended() {
    let served = Served::start(Limits { connections: 2, ..Limits::default() }).await;
    let (one, _other) = (stays(&served).await, stays(&served).await);
    let refused = served.ask("/healthz").await;
    assert!(refused.starts_with("HTTP/1.1 503"), "{refused}");
    assert!(refused.contains("\"too-many-connections\""), "{refused}");
    assert!(refused.to_lowercase().contains("retry-after: 1"), "{refused}");
    drop(one);
    served.until_there_is_room().await;
    let measured = served.ask("/metrics").await;
    assert!(measured.contains("crdt_connections 2\n"), "{measured}");
    assert!(measured.contains("crdt_refused_connections_total "), "{measured}");
}

#[tokio::test]
async fn a_web_socket_counts_until_it_ends() {
    let served = Served::start(Limits { connections: 1, ..Limits::default() }).await;
    let url = format!("ws://{}/v1/sync/global/cart", served.address);
    let mut request = url.into_client_request().expect("a request");
    let protocol = "crdt".parse().expect("a value");
    request.headers_mut().insert("sec-websocket-protocol", protocol);
    let (socket, _) = client_async(request, served.connect().await).await.expect("is accepted");
    assert!(served.ask("/healthz").await.starts_with("HTTP/1.1 503"));
    drop(socket);
    served.until_there_is_room().await;
}

/// What a client that greets as this replica is closed with.
#[tokio::test]
async fn a_client_that_greets_as_anothers_replica_is_closed_with_a_reason() {
    let token = |replica: ReplicaId| {
        let replicas = [replica.to_string()];
        let access =
            serde_json::json!({"hash": hash_of("secret"), "may": "write", "replicas": replicas});
        serde_json::from_value(access).expect("an access")
    };
    let now = Reading::system();
    let mut replica = Replica::<Document>::new(&Opening::new(7, now), SyncConfig::volatile());
    let served =
        Served::start_with(|config| config.tokens = vec![token(ReplicaId::from_u128(1))]).await;
    let url = format!("ws://{}/v1/sync/global/cart", served.address);
    let mut request = url.into_client_request().expect("a request");
    let protocols = "crdt, bearer.secret".parse().expect("a value");
    request.headers_mut().insert("sec-websocket-protocol", protocols);
    let (mut socket, _) = client_async(request, served.connect().await).await.expect("is accepted");
    replica.connect(Peer(1), now);
    let hello = replica.next_message(now).expect("greets");
    socket.send(Message::Binary(hello.bytes.into())).await.expect("sends");
    let closed = loop {
        let next = tokio::time::timeout(LONG, socket.next()).await.expect("is closed");
        if let Message::Close(why) = next.expect("says why").expect("reads") {
            break why.expect("says why");
        }
    };
    assert_eq!(u16::from(closed.code), 4403);
    assert!(closed.reason.starts_with("replica-id: "), "{}", closed.reason);
}

#[tokio::test]
async fn who_sends_slowly_is_ended() {
    let limits = Limits { slow_ms: 200, ..Limits::default() };
    let served = Served::start(limits).await;
    let mut head = served.connect().await;
    head.write_all(b"GET /healthz HTT").await.expect("writes");
    let answer = rest(head).await;
    assert!(!answer.contains("200"), "{answer}");
    // Nothing was asked, or nothing more.
    assert_eq!(rest(served.connect().await).await, "");
    rest(stays(&served).await).await;
    let mut body = served.connect().await;
    let request =
        "POST /v1/documents/global/cart HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99\r\n\r\n{";
    body.write_all(request.as_bytes()).await.expect("writes");
    let answer = rest(body).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("\"too-slow\""), "{answer}");
}

#[tokio::test]
async fn who_does_not_take_an_answer_is_ended() {
    let limits = Limits { slow_ms: 300, connections: 1, ..Limits::default() };
    let served = Served::start(limits).await;
    let address = crdt_node::store::Address::new("global", "log");
    let change = |tx: &mut crdt_document::Transaction<'_>| {
        (0..9).try_for_each(|n| tx.g_set("log").add(format!("{n}{}", "x".repeat(90_000))))
    };
    let durable = crdt_node::engine::Durable::Local;
    served.node.engine().write(address, durable, LONG, change).await.expect("is written");
    let mut deaf = served.connect().await;
    let request = "GET /v1/documents/global/log HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(60);
    deaf.write_all(request.as_bytes()).await.expect("writes");
    assert!(served.ask("/healthz").await.starts_with("HTTP/1.1 503"), "it is there");
    served.until_there_is_room().await;
    drop(deaf);
}
