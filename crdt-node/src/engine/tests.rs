//! Nodes in one process, over stores in memory, linked by tasks that carry messages.

use std::sync::Arc;
use std::time::Duration;

use crdt_document::Transaction;
use crdt_sync::Token;
use tokio::task::JoinHandle;

use super::{Durable, Engine, Refusal, Settings, Settled, start};
use crate::store::{Address, Memory};

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
    let mut here = one.1.link_region(other.0.into(), scopes.clone()).await.expect("open");
    let mut there = other.1.link_region(one.0.into(), scopes).await.expect("open");
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
    assert_eq!(refused, Err(Refusal::NotYet { token: None }));
    assert_eq!(us.documents().await.expect("runs"), [], "a read makes none");

    let waits = tokio::spawn({
        let us = us.clone();
        async move { size(&us, Some(written.token), LONG).await }
    });
    let _link = connect(("eu", &eu), ("us", &us), &["global"]).await;
    assert_eq!(waits.await.expect("ends"), Ok(1));
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
    let link = us.link_region("ap".into(), vec!["global".into()]).await.expect("open");
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
