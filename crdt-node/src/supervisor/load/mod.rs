//! A mixed load on three regions, of which one is killed every few seconds: how fast they are, how soon
//! they are together again, and whether anything is lost that was answered as durable.
//!
//! | file | what it answers |
//! |---|---|
//! | `draw` | which operation comes next, on which key |
//! | `worker` | one caller: what it asks, and how long that takes |
//! | `answered` | what was answered as durable, and whether it is there in the end |
//! | `together` | when regions hold what others held |
//! | `figures` | what is told at the end |

mod answered;
mod draw;
mod figures;
mod together;
mod worker;

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::Failure;
use super::client::Client;
use super::fleet::Fleet;
use crate::operations::Plan;
use answered::Answered;
use figures::Figures;
use worker::Worker;

/// How much of a load. It goes to loopback alone, to regions that it starts itself.
#[derive(Clone, Debug)]
pub struct Load {
    /// For how long, in seconds.
    pub seconds: u64,
    /// How many operations at most, all callers together.
    pub operations: u64,
    /// How many callers each region has, each with one request at a time.
    pub callers: u32,
    /// How many seconds pass from one kill to the next.
    pub kill_every: u64,
    /// What is drawn is drawn from this.
    pub seed: u64,
}

/// For how long a region is away that was killed.
const AWAY: Duration = Duration::from_millis(500);

/// Between two looks whether the load is over.
const PAUSE: Duration = Duration::from_millis(50);

/// What all callers share.
struct Shared {
    addresses: Mutex<BTreeMap<String, SocketAddr>>,
    is_over: AtomicBool,
    /// How many operations may still begin.
    left: AtomicU64,
}

impl Shared {
    /// The present process of a region.
    fn address(&self, region: &str) -> Option<SocketAddr> {
        self.addresses.lock().unwrap_or_else(PoisonError::into_inner).get(region).copied()
    }

    fn set_address(&self, region: &str, address: Option<SocketAddr>) {
        let mut addresses = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
        match address {
            Some(address) => drop(addresses.insert(region.into(), address)),
            None => drop(addresses.remove(region)),
        }
    }
}

/// Runs the load, and tells on `output` what came of it. Succeeds when nothing is lost, and nothing
/// refused.
///
/// # Errors
///
/// When something is lost that was answered as durable, an operation is refused, regions do not come together again, or
/// processes cannot be run. All regions have been ended then too.
pub fn load(load: &Load, output: &mut dyn Write) -> Result<(), Failure> {
    let regions = Plan::DEFAULT_REGIONS.map(String::from);
    let mut fleet = Fleet::start(&regions, None, output)?;
    let shared = Arc::new(Shared {
        addresses: Mutex::default(),
        is_over: AtomicBool::new(false),
        left: AtomicU64::new(load.operations),
    });
    for region in &regions {
        shared.set_address(region, fleet.address_of(region));
    }
    let begun = Instant::now();
    let mut workers = Vec::new();
    for (number, region) in (0..load.callers).flat_map(|_| &regions).enumerate() {
        let worker = Worker::new(region, number as u64, load.seed, Arc::clone(&shared));
        let spawned = thread::Builder::new().name(format!("caller {number}"));
        let spawned = spawned.spawn(move || worker.work());
        workers.push(spawned.map_err(|error| Failure::new(format!("no caller: {error}")))?);
    }
    let mut figures = Figures::default();
    let killed = disturb(load, &mut fleet, &shared, &mut figures, begun);
    // Whatever has happened, nobody goes on asking.
    shared.is_over.store(true, Ordering::Relaxed);
    let mut answered = Answered::default();
    for worker in workers {
        let (times, its) = worker.join().map_err(|_| Failure::new("a caller has failed"))?;
        figures.times.add(times);
        answered.add(its);
    }
    figures.took = begun.elapsed();
    killed?;

    let settling = Instant::now();
    let clients: Vec<Client> = regions.iter().filter_map(|region| fleet.client(region)).collect();
    together::all(&clients)?;
    figures.settled = settling.elapsed();
    for region in &regions {
        figures.remember(region, fleet.process_of(region));
    }
    figures.lost = answered.lost(&clients)?;
    fleet.say(&figures.told())?;
    if figures.lost > 0 {
        let lost = figures.lost;
        return Err(Failure::new(format!("{lost} writes that were answered as durable are lost")));
    }
    match figures.times.refused.first() {
        Some(refused) => Err(Failure::new(format!("what is right was refused: {refused}"))),
        None => Ok(()),
    }
}

/// Kills one region after the other until the time is up or all operations are done.
fn disturb(
    load: &Load,
    fleet: &mut Fleet<'_>,
    shared: &Shared,
    figures: &mut Figures,
    begun: Instant,
) -> Result<(), Failure> {
    let is_over = |at: Duration| {
        at >= Duration::from_secs(load.seconds) || shared.left.load(Ordering::Relaxed) == 0
    };
    let mut next = Duration::from_secs(load.kill_every);
    for region in Plan::DEFAULT_REGIONS.into_iter().cycle() {
        while begun.elapsed() < next {
            if is_over(begun.elapsed()) {
                return Ok(());
            }
            fleet.pause(PAUSE)?;
        }
        figures.remember(region, fleet.process_of(region));
        let id = fleet.kill(region)?;
        shared.set_address(region, None);
        fleet.say(&format!("{region}: process {id} is killed"))?;
        fleet.pause(AWAY)?;
        let started = Instant::now();
        fleet.revive(region)?;
        shared.set_address(region, fleet.address_of(region));
        let others = Plan::DEFAULT_REGIONS.iter().filter(|other| **other != region);
        let others: Vec<Client> = others.filter_map(|other| fleet.client(other)).collect();
        if let Some(client) = fleet.client(region) {
            together::catches_up(&client, &others)?;
        }
        let took = started.elapsed();
        figures.caught_up.push(took);
        fleet.say(&format!("{region} holds what the others held, {took:.1?} after its start"))?;
        next = begun.elapsed() + Duration::from_secs(load.kill_every);
    }
    Ok(())
}
