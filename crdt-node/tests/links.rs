//! Who connects as which region, and which of two connections stays.

mod told;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crdt_node::config::{Config, Peer};
use crdt_node::engine::{Durable, Engine, Settings, start};
use crdt_node::http::{Node, dial, listen};
use crdt_node::store::{Address, Memory};
use futures_util::StreamExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{WebSocketStream, client_async};

/// How long anything may take, and shorter than a region that has fallen silent is waited for.
const LONG: Duration = Duration::from_secs(12);

struct Region {
    address: SocketAddr,
    engine: Engine,
    node: Node,
    tasks: Vec<JoinHandle<()>>,
}

impl Region {
    async fn start(name: &str, others: &[&str]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("has one");
        let mut config = Config::new(name, address);
        config.peers = others.iter().map(|other| Peer::new(*other)).collect();
        let settings = Settings { members: config.members(), ..Settings::new(name) };
        let (engine, _) = start(settings, Arc::new(Memory::new())).expect("starts");
        let node = Node::new(engine.clone(), config);
        let tasks = vec![tokio::spawn(listen(listener, None, node.clone()))];
        Self { address, engine, node, tasks }
    }

    fn dial(&mut self, name: &str, address: SocketAddr) {
        let peer = Peer { url: Some(format!("ws://{address}")), ..Peer::new(name) };
        self.tasks.push(tokio::spawn(dial(self.node.clone(), peer)));
    }

    async fn add(&self, durable: Durable, patience: Duration) -> Vec<String> {
        let change = |tx: &mut crdt_document::Transaction<'_>| tx.counter("likes").increment(1);
        let address = Address::new("global", "cart");
        self.engine.write(address, durable, patience, change).await.expect("writes").durable
    }

    async fn is_connected(&self, region: &str) -> bool {
        let regions = self.engine.regions().await.expect("runs");
        regions.iter().any(|other| other.name == region && other.is_connected)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// A connection as this region.
async fn connect(to: &Region, region: &str) -> WebSocketStream<TcpStream> {
    let request = format!("ws://{}/v1/regions/{region}/sync", to.address).into_client_request();
    let stream = TcpStream::connect(to.address).await.expect("connects");
    client_async(request.expect("a request"), stream).await.expect("is accepted").0
}

/// What a connection is closed with.
async fn closing(socket: &mut WebSocketStream<TcpStream>) -> u16 {
    loop {
        let next = tokio::time::timeout(LONG, socket.next()).await.expect("is closed");
        if let Message::Close(why) = next.expect("says why").expect("reads") {
            return why.expect("says why").code.into();
        }
    }
}

/// A `url` that led to another region made that one count as the one that was meant: for durability, and
/// for what only that one may hold.
#[tokio::test]
async fn a_region_that_is_another_than_was_dialed_is_refused_by_name() {
    let told = told::hear();
    let ap = Region::start("ap", &["eu"]).await;
    let mut eu = Region::start("eu", &["us"]).await;
    eu.dial("us", ap.address);
    let begun = Instant::now();
    while !told.has("WARN", &["us", "the region ap answers there"]) {
        assert!(begun.elapsed() < LONG, "{told}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(eu.add(Durable::One, Duration::from_millis(300)).await, Vec::<String>::new());
    assert!(!eu.is_connected("us").await);
    assert_eq!(ap.engine.documents().await, Ok(vec![]), "nothing was sent");
}

/// Two that are configured under other names never met, and nothing above INFO said so.
#[tokio::test]
async fn a_region_that_is_refused_is_warned_of_once() {
    let told = told::hear();
    let us = Region::start("us", &["europe"]).await;
    let mut eu = Region::start("eu", &["us"]).await;
    eu.dial("us", us.address);
    let warned = ["us", "no-such-region", "that is configured here"];
    let begun = Instant::now();
    while !told.has("WARN", &warned) {
        assert!(begun.elapsed() < LONG, "{told}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // It is tried again meanwhile.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(told.count("WARN", &warned), 1, "{told}");
}

/// Who had lost a connection was told for half a minute that it is connected already.
#[tokio::test]
async fn a_region_whose_end_of_a_connection_is_gone_connects_anew() {
    let us = Region::start("us", &["eu"]).await;
    let mut older = connect(&us, "eu").await;
    // It is still there, and nobody reads it: as where a cable is cut.
    let mut eu = Region::start("eu", &["us"]).await;
    let begun = Instant::now();
    eu.dial("us", us.address);
    assert_eq!(eu.add(Durable::One, LONG).await, ["us"]);
    assert!(begun.elapsed() < LONG);
    assert_eq!(closing(&mut older).await, 4409);
    // One of the past takes no place of a newer one when it ends.
    drop(older);
    assert_eq!(us.add(Durable::One, LONG).await, ["eu"]);
}

/// Of two that dial each other, one connection stays.
#[tokio::test]
async fn regions_that_dial_each_other_keep_the_same_connection() {
    for later in [0, 1] {
        let mut regions = [Region::start("eu", &["us"]).await, Region::start("us", &["eu"]).await];
        let places = [("eu", regions[0].address), ("us", regions[1].address)];
        for number in [1 - later, later] {
            let (name, address) = places[1 - number];
            regions[number].dial(name, address);
            if number != later {
                assert_eq!(regions[number].add(Durable::One, LONG).await, [name]);
            }
        }
        let begun = Instant::now();
        let mut durable = 0;
        while begun.elapsed() < Duration::from_secs(2) {
            durable += regions[0].add(Durable::One, LONG).await.len();
            durable += regions[1].add(Durable::One, LONG).await.len();
        }
        assert!(durable > 0 && durable % 2 == 0, "each has held what the other wrote");
    }
}
