//! Regions over NATS: a real server in each, with leaf nodes between them, killed, cut off and behind.
//!
//! Where there is no `nats-server` that is said, and nothing is tested. What runs in `.ci/run` installs it.
#![cfg(feature = "nats")]

mod nats_server;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crdt_core::Wire;
use crdt_node::config::{Config, Nats, Peer};
use crdt_node::engine::{Durable, Engine, Settings, start};
use crdt_node::http::{Node, dial, router};
use crdt_node::nats;
use crdt_node::store::{Address, Memory, Redb, Store};
use nats_server::{Cable, Server};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How long anything may take.
const LONG: Duration = Duration::from_secs(120);

/// How two regions are connected.
enum Way<'a> {
    Nats([&'a Server; 2]),
    Direct,
}

/// A region in this process, until it is dropped.
struct Region {
    engine: Engine,
    node: Node,
    tasks: Vec<JoinHandle<()>>,
}

impl Region {
    async fn open(name: &str, peers: Vec<Peer>, nats: Option<Nats>, store: Arc<dyn Store>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        Self::serve(name, peers, nats, store, listener)
    }

    fn serve(
        name: &str,
        peers: Vec<Peer>,
        nats: Option<Nats>,
        store: Arc<dyn Store>,
        listener: TcpListener,
    ) -> Self {
        let mut config = Config::new(name, listener.local_addr().expect("has one"));
        (config.peers, config.nats) = (peers, nats);
        config.check(false).expect("is right");
        let settings = Settings { members: config.members(), ..Settings::new(name) };
        let (engine, _) = start(settings, store).expect("starts");
        let node = Node::new(engine.clone(), config);
        let served = router(node.clone());
        let mut tasks =
            vec![tokio::spawn(async move { axum::serve(listener, served).await.expect("serves") })];
        let streamed = node.clone();
        if node.has_nats() {
            tasks.push(tokio::spawn(
                async move { nats::run(streamed).await.expect("a server of use") },
            ));
        }
        Self { engine, node, tasks }
    }

    async fn add(&self, element: i64, durable: Durable, patience: Duration) -> bool {
        let change = move |tx: &mut crdt_document::Transaction<'_>| tx.set("cart").add(element);
        let written = self.engine.write(cart(), durable, patience, change).await;
        written.expect("writes").is_done
    }

    async fn size(&self) -> usize {
        let read = self.engine.read(cart(), None, LONG, |shown| shown.document.set("cart").len());
        read.await.unwrap_or_default()
    }

    async fn bytes(&self) -> Vec<u8> {
        let read = self.engine.read(cart(), None, LONG, |shown| shown.document.encode());
        read.await.expect("is there")
    }

    /// Ends it in good order.
    async fn end(self) {
        self.engine.end().await;
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

fn cart() -> Address {
    Address::new("global", "cart")
}

fn peer(region: &str, url: Option<String>) -> Peer {
    Peer { url, ..Peer::new(region) }
}

/// Two regions that have met.
async fn two(way: &Way<'_>) -> [Region; 2] {
    let stores: [Arc<dyn Store>; 2] = [Arc::new(Memory::new()), Arc::new(Memory::new())];
    two_of(way, stores).await
}

async fn two_of(way: &Way<'_>, [eu, us]: [Arc<dyn Store>; 2]) -> [Region; 2] {
    let regions = match way {
        Way::Nats([in_eu, in_us]) => [
            Region::open("eu", vec![peer("us", None)], Some(in_eu.nats()), eu).await,
            Region::open("us", vec![peer("eu", None)], Some(in_us.nats()), us).await,
        ],
        Way::Direct => {
            let eu = Region::open("eu", vec![peer("us", None)], None, eu).await;
            let url = format!("ws://{}", eu.node.listens());
            let mut us = Region::open("us", vec![peer("eu", Some(url.clone()))], None, us).await;
            us.tasks.push(tokio::spawn(dial(us.node.clone(), peer("eu", Some(url)))));
            [eu, us]
        }
    };
    assert!(regions[0].add(-1, Durable::All, LONG).await, "they meet");
    regions
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < LONG, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn are_equal([eu, us]: &[Region; 2], size: usize) {
    until("they converge", async || eu.size().await == size && us.size().await == size).await;
    assert_eq!(eu.bytes().await, us.bytes().await);
}

/// What holds however regions are connected.
async fn converge(way: &Way<'_>) {
    let regions = two(way).await;
    for element in 0..50 {
        let region = &regions[usize::from(element % 2 == 1)];
        assert!(region.add(element, Durable::One, LONG).await, "{element} is durable in both");
    }
    are_equal(&regions, 51).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn regions_converge_directly() {
    converge(&Way::Direct).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn regions_converge_over_nats() {
    let Some(hub) = Server::start("eu", None) else { return };
    let leaf = Server::start("us", Some(hub.leaf_port())).expect("as before");
    converge(&Way::Nats([&hub, &leaf])).await;
    // What each said is in the other's domain.
    let said = leaf.messages("crdt=global=eu").await;
    assert!(said >= 25, "{said} messages were mirrored");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_under_load_loses_nothing_that_was_durable_in_both() {
    let Some(hub) = Server::start("eu", None) else { return };
    let mut leaf = Server::start("us", Some(hub.leaf_port())).expect("as before");
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
    let stores = folders
        .each_ref()
        .map(|folder| -> Arc<dyn Store> { Arc::new(Redb::open(folder.path()).expect("opens")) });
    let regions = two_of(&Way::Nats([&hub, &leaf]), stores).await;
    let written = AtomicUsize::new(0);
    let write = async |writer: i64| {
        let mut durable = 0;
        for number in 0..75 {
            let region = &regions[usize::from(writer % 2 == 1)];
            let is_away = (100..200).contains(&written.fetch_add(1, Ordering::SeqCst));
            let patience = Duration::from_millis(if is_away { 20 } else { 2_000 });
            durable +=
                usize::from(region.add(writer * 1_000 + number, Durable::One, patience).await);
        }
        durable
    };
    let after = async |many: usize| {
        while written.load(Ordering::SeqCst) < many {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    let fail = async {
        after(100).await;
        leaf.kill();
        after(200).await;
        leaf.restart();
    };
    let (zero, one, two, three, ()) = tokio::join!(write(0), write(1), write(2), write(3), fail);
    let durable = zero + one + two + three;
    assert!(durable >= 90, "{durable} were");
    are_equal(&regions, 301).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_of_a_partition_go_on_and_converge_when_it_heals() {
    let Some(hub) = Server::start("eu", None) else { return };
    let cable = Cable::to(hub.leaf_port()).await;
    let leaf = Server::start("us", Some(cable.port())).expect("as before");
    let regions = two(&Way::Nats([&hub, &leaf])).await;
    cable.cut();
    for element in 0..100 {
        let region = &regions[usize::from(element % 2 == 1)];
        region.add(element, Durable::Local, LONG).await;
    }
    let is_durable = regions[0].add(100, Durable::One, Duration::from_millis(500)).await;
    assert!(!is_durable, "there is nobody to hold it");
    assert_eq!(regions[0].size().await, 52);
    cable.mend();
    are_equal(&regions, 102).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_was_away_reads_20_000_changes_from_its_stream() {
    const MANY: i64 = 20_000;
    let Some(hub) = Server::start("eu", None) else { return };
    let leaf = Server::start("us", Some(hub.leaf_port())).expect("as before");
    let way = Way::Nats([&hub, &leaf]);
    let stores: [Arc<dyn Store>; 2] = [Arc::new(Memory::new()), Arc::new(Memory::new())];
    let [eu, us] = two_of(&way, stores.clone()).await;
    us.end().await;
    for element in 0..MANY {
        assert!(eu.add(element, Durable::Local, LONG).await);
    }
    let mut before = 0;
    until("all is said", async || {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let said = hub.messages("crdt=global=eu").await;
        std::mem::replace(&mut before, said) == said && said > 0
    })
    .await;
    let many = u64::try_from(MANY).expect("fits");
    // What is committed together may share a message.
    assert!(before > many / 2, "{before} messages of {many} changes are in the stream");
    // Who wrote it is gone, too: only the stream has it.
    eu.end().await;
    let [in_eu, in_us] = stores;
    let us = Region::open("us", vec![peer("eu", None)], Some(leaf.nats()), in_us).await;
    let size = usize::try_from(MANY).expect("fits") + 1;
    until("the stream brings it", async || us.size().await == size).await;
    let eu = Region::open("eu", vec![peer("us", None)], Some(hub.nats()), in_eu).await;
    are_equal(&[eu, us], size).await;
}

/// A mirror kept what it had been made with, and the node refused to start.
#[tokio::test(flavor = "multi_thread")]
async fn a_changed_bound_of_the_streams_ends_no_region() {
    let Some(hub) = Server::start("eu", None) else { return };
    let leaf = Server::start("us", Some(hub.leaf_port())).expect("as before");
    let stores: [Arc<dyn Store>; 2] = [Arc::new(Memory::new()), Arc::new(Memory::new())];
    let [eu, us] = two_of(&Way::Nats([&hub, &leaf]), stores.clone()).await;
    us.end().await;
    let [_, in_us] = stores;
    let kept = Nats { keep_seconds: 3_600, keep_bytes: 32 << 20, ..leaf.nats() };
    let us = Region::open("us", vec![peer("eu", None)], Some(kept), in_us).await;
    assert!(us.add(1, Durable::One, LONG).await, "they meet");
    are_equal(&[eu, us], 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_none_of_the_region_is_refused_by_name() {
    let Some(hub) = Server::start("eu", None) else { return };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let mut config = Config::new("us", listener.local_addr().expect("has one"));
    config.nats = Some(hub.nats());
    let (engine, _) = start(Settings::new("us"), Arc::new(Memory::new())).expect("starts");
    let error = nats::run(Node::new(engine, config)).await.expect_err("it is another's");
    assert!(error.is_final() && error.to_string().contains("domain \"eu\""), "{error}");
}

/// A server that was restarted with a mistake in its configuration ended the region, which served without it
/// while it was away.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_comes_back_of_no_use_does_not_end_the_region() {
    let Some(hub) = Server::start("eu", None) else { return };
    let mut leaf = Server::start("us", Some(hub.leaf_port())).expect("as before");
    let regions = two(&Way::Nats([&hub, &leaf])).await;
    leaf.kill();
    leaf.restart_in("mars");
    tokio::time::sleep(Duration::from_secs(4)).await;
    let is_over = regions[1].tasks.iter().any(JoinHandle::is_finished);
    assert!(!is_over, "it is tried again");
    assert!(regions[1].add(1, Durable::Local, LONG).await);
    leaf.kill();
    leaf.restart();
    assert!(regions[1].add(2, Durable::One, LONG).await, "they meet again");
    are_equal(&regions, 3).await;
}
