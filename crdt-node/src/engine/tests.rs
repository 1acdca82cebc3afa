//! Nodes in one process, over stores in memory, linked by tasks that carry messages.

use std::sync::Arc;
use std::time::Duration;

use crdt_core::{Reading, ReplicaId};
use crdt_document::{Document, Transaction};
use crdt_sync::{Config, Opening, Peer, Replica, Token};
use tokio::task::JoinHandle;

use super::{Durable, Ending, Engine, Refusal, Settings, Settled, SpeaksFor, Way, start};
use crate::store::{Address, Memory, Store, Stored};

const LONG: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(50);

fn cart() -> Address {
    Address::new("global", "cart")
}

/// A region of three.
fn region(name: &str, store: &Memory) -> Engine {
    let all = ["eu", "us", "ap"];
    let others = all.into_iter().filter(|other| *other != name);
    let members = others.map(|other| (other.into(), vec!["global".into()])).collect();
    let settings = Settings { members, ..Settings::new(name) };
    start(settings, Arc::new(store.clone())).expect("starts").0
}

/// Connects two regions until the task is aborted.
async fn connect(one: (&str, &Engine), other: (&str, &Engine), scopes: &[&str]) -> JoinHandle<()> {
    let scopes: Vec<String> = scopes.iter().map(ToString::to_string).collect();
    let mut here =
        one.1.link_region(other.0.into(), scopes.clone(), Way::Relayed).await.expect("open");
    let mut there = other.1.link_region(one.0.into(), scopes, Way::Relayed).await.expect("open");
    tokio::spawn(async move {
        loop {
            tokio::select! {
                Some((address, bytes)) = here.next() => {
                    let _ended = there.inbox().receive(address, bytes).await;
                }
                Some((address, bytes)) = there.next() => {
                    let _ended = here.inbox().receive(address, bytes).await;
                }
                else => break,
            }
        }
    })
}

async fn add(engine: &Engine, element: i64, durable: Durable, patience: Duration) -> Settled {
    let change = move |tx: &mut Transaction<'_>| tx.set("cart").add(element);
    engine.write(cart(), durable, patience, change).await.expect("is written")
}

async fn size(engine: &Engine, after: Option<Token>, patience: Duration) -> Result<usize, Refusal> {
    engine.read(cart(), after, patience, |shown| shown.document.set("cart").len()).await
}

#[tokio::test]
async fn who_shows_a_token_elsewhere_reads_what_they_wrote() {
    let (eu, us) = (region("eu", &Memory::new()), region("us", &Memory::new()));
    let written = add(&eu, 1, Durable::Local, LONG).await;
    assert!(written.is_done && written.is_durable_here);
    assert_eq!(size(&us, None, SHORT).await, Err(Refusal::NoDocument));
    let refused = size(&us, Some(written.token), SHORT).await;
    assert_eq!(
        refused,
        Err(Refusal::NotYet { token: None, lag: None, has: vec![], least_lag: None })
    );
    assert_eq!(us.documents().await.expect("runs"), [], "a read makes none");

    let waits = tokio::spawn({
        let us = us.clone();
        async move { size(&us, Some(written.token), LONG).await }
    });
    let _link = connect(("eu", &eu), ("us", &us), &["global"]).await;
    assert_eq!(waits.await.expect("ends"), Ok(1));
}

/// As [`connect`], but what is long gets lost.
async fn connect_losing(one: (&str, &Engine), other: (&str, &Engine)) -> JoinHandle<()> {
    let mut here =
        one.1.link_region(other.0.into(), vec!["global".into()], Way::Relayed).await.expect("open");
    let mut there =
        other.1.link_region(one.0.into(), vec!["global".into()], Way::Relayed).await.expect("open");
    tokio::spawn(async move {
        loop {
            let (to, (address, bytes)) = tokio::select! {
                Some(next) = here.next() => (there.inbox(), next),
                Some(next) = there.next() => (here.inbox(), next),
                else => break,
            };
            if bytes.len() < 1_000 {
                let _ended = to.receive(address, bytes).await;
            }
        }
    })
}

#[tokio::test]
async fn who_waits_in_vain_is_told_where_it_is() {
    let (eu, us) = (region("eu", &Memory::new()), region("us", &Memory::new()));
    let link = connect_losing(("eu", &eu), ("us", &us)).await;
    assert!(add(&eu, 1, Durable::One, LONG).await.is_done, "they have met");
    let change = |tx: &mut Transaction<'_>| tx.set("cart").add("x".repeat(2_000));
    let long = eu.write(cart(), Durable::Local, LONG, change).await.expect("is written");
    let waited = size(&us, Some(long.token), SHORT).await;
    let Err(Refusal::NotYet { lag, has, least_lag, .. }) = waited else { panic!("{waited:?}") };
    assert_eq!((lag, has, least_lag), (Some(1), vec!["eu".into()], None), "who gave it has it");
    // Those who meet say what they have.
    link.abort();
    let _ended = link.await;
    let _link = connect_losing(("eu", &eu), ("us", &us)).await;
    let mut waited = size(&us, Some(long.token), SHORT).await;
    for _ in 0..50 {
        if matches!(&waited, Err(Refusal::NotYet { has, .. }) if !has.is_empty()) {
            break;
        }
        waited = size(&us, Some(long.token), SHORT).await;
    }
    let Err(Refusal::NotYet { lag, has, least_lag, .. }) = waited else { panic!("{waited:?}") };
    assert_eq!((lag, has, least_lag), (Some(1), vec!["eu".into()], None));
}

/// Another region was named, and how much that one lacked of what is here.
#[tokio::test]
async fn who_is_cut_off_is_told_which_region_gave_the_token() {
    let names = ["eu", "us", "ap"];
    let [eu, us, ap] = names.map(|name| region(name, &Memory::new()));
    let link = connect(("eu", &eu), ("us", &us), &["global"]).await;
    let _other = connect(("us", &us), ("ap", &ap), &["global"]).await;
    assert!(add(&us, 1, Durable::All, LONG).await.is_done);
    assert!(add(&eu, 2, Durable::One, LONG).await.is_done);
    link.abort();
    let _ended = link.await;
    for element in 3..6 {
        add(&us, element, Durable::One, LONG).await;
    }
    add(&eu, 6, Durable::Local, LONG).await;
    let token = add(&eu, 7, Durable::Local, LONG).await.token;
    let waited = size(&us, Some(token), SHORT).await;
    let Err(Refusal::NotYet { lag, has, least_lag, .. }) = waited else { panic!("{waited:?}") };
    assert_eq!((lag, has, least_lag), (Some(2), vec!["eu".into()], None));
    // Nobody has given those: nothing is known of one, and the other asks for more than there can be.
    let opening = token.to_string().split_once('-').expect("has one").0.to_owned();
    for made_up in ["0000000000000001-18446744073709551615", &format!("{opening}-{}", u64::MAX)] {
        let waited = size(&us, Some(made_up.parse().expect("a token")), SHORT).await;
        let Err(Refusal::NotYet { lag, has, least_lag, .. }) = waited else { panic!("{waited:?}") };
        assert_eq!((lag, has, least_lag), (None, vec![], Some("ap".into())));
    }
}

#[tokio::test]
async fn a_write_is_answered_with_where_it_is_durable() {
    let (eu, us, ap) =
        (region("eu", &Memory::new()), region("us", &Memory::new()), region("ap", &Memory::new()));
    let alone = add(&eu, 1, Durable::One, SHORT).await;
    assert!(!alone.is_done && alone.is_durable_here);
    assert_eq!(alone.missing, ["ap", "us"]);

    let _one = connect(("eu", &eu), ("us", &us), &["global"]).await;
    let one = add(&eu, 2, Durable::One, LONG).await;
    assert!(one.is_done);
    assert_eq!((one.durable, one.missing), (vec!["us".into()], vec!["ap".into()]));
    let not_all = add(&eu, 3, Durable::All, SHORT).await;
    assert!(!not_all.is_done);

    let _other = connect(("eu", &eu), ("ap", &ap), &["global"]).await;
    let all = add(&eu, 4, Durable::All, LONG).await;
    assert!(all.is_done, "{all:?}");
    assert_eq!(all.durable, ["ap", "us"]);
    // A scope that is for no other region has nobody to wait for.
    let change = |tx: &mut Transaction<'_>| tx.set("names").add("Anna");
    let bound = eu.write(Address::new("eu-only", "x"), Durable::All, LONG, change).await;
    assert!(bound.is_ok_and(|bound| bound.is_done && bound.missing.is_empty()));
    assert_eq!(size(&ap, Some(all.token), LONG).await, Ok(4));
}

#[tokio::test]
async fn what_was_answered_as_durable_is_there_after_a_crash_and_comes_together_again() {
    let (eu_store, us_store) = (Memory::new(), Memory::new());
    let (eu, us) = (region("eu", &eu_store), region("us", &us_store));
    let link = connect(("eu", &eu), ("us", &us), &["global"]).await;
    for element in 0..200 {
        add(&eu, element, Durable::Local, LONG).await;
    }
    link.abort();
    // Nothing of the first one is closed: it goes on over a store that nobody reads any more.
    let copy = eu_store.copy();
    let eu = region("eu", &copy);
    assert_eq!(size(&eu, None, SHORT).await, Ok(200));
    let written = add(&us, 1_000, Durable::Local, LONG).await;
    let _link = connect(("eu", &eu), ("us", &us), &["global"]).await;
    assert_eq!(size(&eu, Some(written.token), LONG).await, Ok(201));
}

#[tokio::test]
async fn a_scope_that_a_region_may_not_hold_does_not_reach_it() {
    let (eu, us) = (region("eu", &Memory::new()), region("us", &Memory::new()));
    let _link = connect(("eu", &eu), ("us", &us), &["global"]).await;
    let patients = Address::new("eu-only", "patients");
    let change = |tx: &mut Transaction<'_>| tx.set("names").add("Anna");
    eu.write(patients.clone(), Durable::Local, LONG, change).await.expect("is written");
    let seen = add(&eu, 1, Durable::Local, LONG).await;
    assert_eq!(size(&us, Some(seen.token), LONG).await, Ok(1));
    assert_eq!(us.documents().await.expect("runs"), [cart()]);
    // Nor does a region get it by sending for it.
    let link =
        us.link_region("ap".into(), vec!["global".into()], Way::Relayed).await.expect("open");
    link.inbox().receive(patients, vec![1, 2, 3].into()).await.expect("runs");
    assert_eq!(us.documents().await.expect("runs"), [cart()]);
}

#[tokio::test]
async fn a_region_tells_how_far_behind_the_others_are() {
    let (eu, us) = (region("eu", &Memory::new()), region("us", &Memory::new()));
    let link = connect(("eu", &eu), ("us", &us), &["global"]).await;
    let seen = add(&eu, 1, Durable::One, LONG).await;
    assert!(seen.is_done);
    link.abort();
    let _ended = link.await;
    for element in 2..5 {
        add(&eu, element, Durable::Local, LONG).await;
    }
    let regions = eu.regions().await.expect("runs");
    let us_now = regions.iter().find(|region| region.name == "us").expect("is a member");
    assert!(!us_now.is_connected);
    assert_eq!(us_now.positions, 3);
    assert!(us_now.bytes > 0);
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < LONG, "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// What a write after a restore says would be lost if it went on under the id of before: us has other
/// content for what comes next under that.
#[tokio::test]
async fn restored_from_an_older_copy_a_region_loses_nothing_that_others_hold() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("documents.redb");
    let open = || {
        let store = Arc::new(crate::store::Redb::open(folder.path()).expect("opens"));
        start(Settings::new("eu"), store).expect("starts")
    };
    let us = region("us", &Memory::new());
    let mut copy = Vec::new();
    for (number, element) in [10, 20, 30].into_iter().enumerate() {
        if number == 2 {
            std::fs::write(&file, &copy).expect("restores");
        }
        let (eu, ended) = open();
        let link = connect(("eu", &eu), ("us", &us), &["global"]).await;
        if number == 2 {
            // It is told what it once was before it has written anything.
            until("what us holds comes back", async || size(&eu, None, SHORT).await == Ok(2)).await;
        }
        add(&eu, element, Durable::Local, LONG).await;
        let has_all = async || size(&us, None, SHORT).await == Ok(number + 1);
        until("us holds it", has_all).await;
        if number == 2 {
            assert_eq!(size(&eu, None, SHORT).await, Ok(3));
        }
        link.abort();
        eu.end().await;
        ended.await.expect("ends");
        if number == 0 {
            copy = std::fs::read(&file).expect("copies");
        }
    }
}

/// A fleet whose regions are ended and begun with the next version one after the other, while all of
/// them are written to.
#[tokio::test]
async fn regions_are_upgraded_one_at_a_time() {
    let names = ["eu", "us", "ap"];
    let stores = names.map(|_| Memory::new());
    let begin = |place: usize, minor: u8| {
        let name = names[place];
        let others = names.into_iter().filter(|other| *other != name);
        let members = others.map(|other| (other.into(), vec!["global".into()])).collect();
        let mut settings = Settings { members, ..Settings::new(name) };
        settings.sync.minor = minor;
        start(settings, Arc::new(stores[place].clone())).expect("starts")
    };
    let mut fleet: Vec<_> = (0..3).map(|place| begin(place, crdt_sync::MINOR - 1)).collect();
    let mut written = 0;
    for upgraded in 0..=3 {
        let mut links = Vec::new();
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            let (here, there) = ((names[one], &fleet[one].0), (names[other], &fleet[other].0));
            links.push(connect(here, there, &["global"]).await);
        }
        for (engine, _) in &fleet {
            let settled = add(engine, written, Durable::All, LONG).await;
            assert!(settled.is_done, "with {upgraded} of three upgraded: {settled:?}");
            written += 1;
        }
        for link in links {
            link.abort();
            let _aborted = link.await;
        }
        if upgraded < 3 {
            let (engine, ended) = fleet.remove(upgraded);
            engine.end().await;
            ended.await.expect("ends");
            fleet.insert(upgraded, begin(upgraded, crdt_sync::MINOR));
        }
    }
    for (engine, _) in &fleet {
        assert_eq!(size(engine, None, SHORT).await, Ok(12));
    }
}

/// A client that opens what it has of a region's document, and says what the protocol has it say until the
/// link ends; why it did.
async fn impersonate(eu: &Engine, stored: Stored) -> Option<Ending> {
    let opening = Opening::new(ReplicaId::random().as_u128(), Reading::system());
    let records = stored.records.iter().map(Vec::as_slice);
    let (snapshot, config) = (stored.snapshot.as_deref(), Config::default());
    let opened = Replica::<Document>::open(snapshot, records, &opening, config);
    let mut replica = opened.expect("opens");
    let mut link = eu.link_client(cart(), SpeaksFor::any()).await.expect("open");
    replica.connect(Peer(1), Reading::system());
    loop {
        while let Some(record) = replica.next_record() {
            replica.persisted(record.number);
        }
        while let Some(message) = replica.next_message(Reading::system()) {
            link.inbox().receive(cart(), message.bytes.into()).await.expect("runs");
        }
        while replica.next_event().is_some() {}
        match tokio::time::timeout(SHORT, link.next()).await {
            Ok(Some((_, bytes))) => {
                let _refused = replica.receive(Peer(1), &bytes, Reading::system());
            }
            Ok(None) => return link.ending(),
            Err(_silent) => {}
        }
    }
}

/// A client that greeted as a region's replica, or as the successor of one, counted as that region: a
/// write was told to be durable there that was not.
#[tokio::test]
async fn a_client_that_greets_as_a_regions_replica_is_no_region() {
    for is_successor in [false, true] {
        let us_store = Memory::new();
        let (eu, us) = (region("eu", &Memory::new()), region("us", &us_store));
        let link = connect(("eu", &eu), ("us", &us), &["global"]).await;
        assert!(add(&eu, 1, Durable::One, LONG).await.is_done);
        let crashed = us_store.copy();
        link.abort();
        let _ended = link.await;
        us.end().await;
        // The store of a region that was closed is opened under its id, any other as a successor.
        while us.documents().await.is_ok() {
            tokio::task::yield_now().await;
        }
        let store = if is_successor { &crashed } else { &us_store };
        let stored = store.read(&cart()).expect("reads");
        let client = tokio::spawn({
            let eu = eu.clone();
            async move { impersonate(&eu, stored).await }
        });
        let ended = tokio::time::timeout(LONG, client).await.expect("is ended").expect("ends");
        assert!(matches!(ended, Some(Ending::ReplicaId(_))), "{ended:?}");
        let written = add(&eu, 2, Durable::One, SHORT).await;
        assert!(!written.is_done && written.durable.is_empty(), "{written:?}");
        // The region itself counts when it is back.
        let us = region("us", &us_store);
        let _link = connect(("eu", &eu), ("us", &us), &["global"]).await;
        let written = add(&eu, 3, Durable::One, LONG).await;
        assert_eq!((written.is_done, written.durable), (true, vec!["us".into()]));
    }
}
