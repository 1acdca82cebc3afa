//! What those hear who have written when the node ends, or its disk fails.

use std::sync::Arc;
use std::time::Duration;

use crdt_document::{Transaction, WriteError};

use super::{Durable, Engine, Refusal, Settings, Settled, Way, start};
use crate::store::{Address, Change, Memory, Store, StoreError, Stored};

const LONG: Duration = Duration::from_secs(60);

/// A store whose disk takes its time, or refuses.
struct Disk {
    memory: Memory,
    pause: Duration,
    fails: bool,
}

impl Store for Disk {
    fn addresses(&self) -> Result<Vec<Address>, StoreError> {
        self.memory.addresses()
    }

    fn read(&self, address: &Address) -> Result<Stored, StoreError> {
        self.memory.read(address)
    }

    fn commit(&self, changes: &[Change]) -> Result<(), StoreError> {
        std::thread::sleep(self.pause);
        if self.fails { Err(StoreError::Stopped) } else { self.memory.commit(changes) }
    }

    fn size(&self) -> Result<u64, StoreError> {
        self.memory.size()
    }
}

fn cart() -> Address {
    Address::new("global", "cart")
}

async fn add(engine: Engine, element: i64, durable: Durable) -> Result<Settled, Refusal> {
    let change = move |tx: &mut Transaction<'_>| tx.set("cart").add(element);
    engine.write(cart(), durable, LONG, change).await
}

fn settings() -> Settings {
    let members = [("us".to_owned(), vec!["global".to_owned()])].into();
    Settings { members, ..Settings::new("eu") }
}

/// A write that was under way when the node was asked to end was refused as not done, and done: whoever did it
/// again elsewhere, as they were told to, counted twice.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_under_way_when_the_node_ends_is_answered_with_what_became_of_it() {
    let memory = Memory::new();
    let pause = Duration::from_millis(20);
    let disk = Disk { memory: memory.clone(), pause, fails: false };
    let (engine, ended) = start(settings(), Arc::new(disk)).expect("starts");
    add(engine.clone(), -1, Durable::Local).await.expect("is written");
    // One waits for a region that is not there, the others for the disk.
    let durable = |element| if element == 0 { Durable::One } else { Durable::Local };
    let writes: Vec<_> = (0..200)
        .map(|element| tokio::spawn(add(engine.clone(), element, durable(element))))
        .collect();
    tokio::time::sleep(Duration::from_millis(5)).await;
    engine.end().await;
    let (mut written, mut refused) = (1, 0);
    for (element, write) in writes.into_iter().enumerate() {
        match write.await.expect("ends") {
            Ok(settled) => {
                assert!(settled.is_durable_here, "{element}: {settled:?}");
                assert_eq!(settled.is_done, element != 0, "{element}: {settled:?}");
                written += 1;
            }
            Err(refusal) => {
                assert_eq!(refusal, Refusal::Stopped, "{element}");
                refused += 1;
            }
        }
    }
    ended.await.expect("ends");
    assert!(written > 1, "{refused} were refused");
    let (engine, _) = start(settings(), Arc::new(memory)).expect("starts");
    let size = engine.read(cart(), None, LONG, |shown| shown.document.set("cart").len()).await;
    assert_eq!(size, Ok(written), "{refused} were refused");
}

#[tokio::test]
async fn a_write_whose_commit_fails_is_not_said_to_be_undone() {
    let disk = Disk { memory: Memory::new(), pause: Duration::ZERO, fails: true };
    let (engine, ended) = start(settings(), Arc::new(disk)).expect("starts");
    assert_eq!(add(engine.clone(), 1, Durable::Local).await, Err(Refusal::Failed));
    ended.await.expect("ends");
    assert_eq!(add(engine, 1, Durable::Local).await, Err(Refusal::Stopped));
}

/// A document whose first write was refused was there all the same, empty, here and in the other regions.
#[tokio::test]
async fn a_first_write_that_is_refused_leaves_no_document() {
    let (engine, _) = start(settings(), Arc::new(Memory::new())).expect("starts");
    let scopes = vec!["global".into()];
    let mut link = engine.link_region("us".into(), scopes, Way::Relayed).await.expect("opens");
    let change = |tx: &mut Transaction<'_>| {
        tx.counter("x").increment(u64::MAX)?;
        tx.counter("x").increment(u64::MAX)
    };
    let refused = engine.write(cart(), Durable::Local, LONG, change).await;
    assert!(
        matches!(refused, Err(Refusal::Write(WriteError::CounterOverflow { .. }))),
        "{refused:?}"
    );
    assert_eq!(engine.documents().await.expect("runs"), []);
    let said = tokio::time::timeout(Duration::from_millis(50), link.next()).await;
    assert!(said.is_err(), "{said:?}");
    add(engine.clone(), 1, Durable::Local).await.expect("is written");
    assert_eq!(engine.documents().await.expect("runs"), [cart()]);
    assert!(link.next().await.is_some());
}
