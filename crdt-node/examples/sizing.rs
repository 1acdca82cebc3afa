//! What documents take: memory, store, time to write and to open. Linux only, as memory is read from `/proc`.
//!
//! ```sh
//! cargo run --release -p crdt-node --example sizing -- DOCUMENTS ELEMENTS
//! ```
//!
//! Each document is one set of that many texts of 16 characters, written at once and answered when durable.
//! docs/OPERATIONS.md gives the figures.

use std::env;
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crdt_node::engine::{Durable, Settings, start};
use crdt_node::store::{Address, Redb, Store};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let numbers: Result<Vec<u64>, _> = env::args().skip(1).map(|word| word.parse()).collect();
    let Ok([documents, elements]) = numbers.as_deref() else {
        return Err("say how many documents, and how many elements in each: 10000 1".into());
    };
    let folder = tempfile::tempdir()?;
    let before = resident()?;

    let store: Arc<dyn Store> = Arc::new(Redb::open(folder.path())?);
    let (engine, ended) = start(Settings::new("eu"), Arc::clone(&store))?;
    let mut took = Vec::new();
    for document in 0..*documents {
        let texts = (0..*elements).map(move |element| format!("{document:08x}{element:08x}"));
        let begun = Instant::now();
        let written = engine.write(
            Address::new("global", format!("d{document}")),
            Durable::Local,
            Duration::from_secs(30),
            move |tx| tx.set("cart").add_all(texts),
        );
        written.await.map_err(|refusal| format!("{refusal:?}"))?;
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    let at = |part: usize| took.get(took.len() * part / 100).copied().unwrap_or_default();
    println!("a durable write of {elements}: median {:.1?}, p99 {:.1?}", at(50), at(99));
    println!("memory: {:.1} MB", megabytes(resident()?.saturating_sub(before)));
    engine.end().await;
    ended.await?;
    drop(store);
    println!("store, closed: {:.1} MB", megabytes(Redb::open(folder.path())?.size()?));

    let begun = Instant::now();
    let store: Arc<dyn Store> = Arc::new(Redb::open(folder.path())?);
    let (engine, ended) = start(Settings::new("eu"), store)?;
    println!("open: {:.1?}", begun.elapsed());
    engine.end().await;
    ended.await?;
    Ok(())
}

/// The memory of this process, in bytes.
fn resident() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes: u64 =
        line.and_then(|line| line.split_whitespace().next()).unwrap_or("0").parse()?;
    Ok(kilobytes * 1024)
}

#[allow(clippy::cast_precision_loss)]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
