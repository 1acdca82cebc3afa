//! Simulates many seeds: `cargo xtask simulate --seeds 100000`.
//!
//! ```text
//! simulate [--seeds N] [--from SEED] [--only KIND] [--steps N] [--keep-going] [--story] [--counts]
//! ```

mod models;
mod options;

use std::collections::BTreeMap;
use std::env;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Instant;

use crdt_core::laws::Model;
use crdt_document::model::DocumentModel;
use crdt_sets::model::OrSetModel;
use crdt_sync::Lattice;
use crdt_sync::simulation::{Report, Simulation};
use models::{Auction, Counters, Crowd, TagsAndTitle, Texts};
use options::{Options, USAGE};

fn main() -> ExitCode {
    let options = match options::read(env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        Err(problem) => {
            eprintln!("{problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let results = [
        simulate::<Counters>("counters", &options),
        simulate::<TagsAndTitle>("tags", &options),
        simulate::<OrSetModel<(bool, bool)>>("set", &options),
        simulate::<Texts>("texts", &options),
        simulate::<Crowd>("crowd", &options),
        simulate::<Auction>("auction", &options),
        simulate::<DocumentModel>("document", &options),
    ];
    if results.into_iter().all(|holds| holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What all runs were like together.
#[derive(Default)]
struct Totals {
    happened: BTreeMap<&'static str, (u64, u64)>,
    bytes: u64,
    healing_bytes: u64,
    most_healing_bytes: u64,
    most_healed_ms: u64,
}

impl Totals {
    fn add(&mut self, report: &Report) {
        for (what, times) in &report.happened {
            let (seeds, total) = self.happened.entry(what).or_default();
            *seeds += 1;
            *total += times;
        }
        self.bytes += report.total.bytes;
        self.healing_bytes += report.healing.bytes;
        self.most_healing_bytes = self.most_healing_bytes.max(report.healing.bytes);
        self.most_healed_ms = self.most_healed_ms.max(report.healed_ms);
    }

    fn print(&self, kind: &str) {
        println!(
            "{kind}: {} bytes, {} of them to heal ({} in one run); the longest took {} s to heal",
            self.bytes,
            self.healing_bytes,
            self.most_healing_bytes,
            self.most_healed_ms / 1_000
        );
        for (what, (seeds, total)) in &self.happened {
            println!("{kind}: {total:>9} times in {seeds:>6} runs: {what}");
        }
    }
}

/// Runs all seeds over one kind of state, on every processor; tells whether everything held.
fn simulate<M: Model<State: Lattice>>(kind: &str, options: &Options) -> bool {
    if options.only.as_deref().is_some_and(|only| only != kind) {
        return true;
    }
    let begun = Instant::now();
    let shrinks = if options.keep_going { 0 } else { 2_000 };
    let simulation = Simulation::new().with_steps(options.steps).with_shrinks(shrinks);
    let (next, has_failed) = (AtomicU64::new(0), AtomicBool::new(false));
    let totals = Mutex::new(Totals::default());
    let work = || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let seed = options.from.wrapping_add(number);
            if number >= options.seeds
                || (has_failed.load(Ordering::Relaxed) && !options.keep_going)
            {
                break;
            }
            let failure = match simulation.run::<M>(seed) {
                Ok(report) => {
                    totals.lock().expect("nothing panics beside it").add(&report);
                    continue;
                }
                Err(failure) => failure,
            };
            let is_first = !has_failed.swap(true, Ordering::Relaxed);
            if options.keep_going {
                let text = failure.to_string();
                let line = text.lines().next().unwrap_or_default().to_owned();
                println!("{kind} seed {seed}: {line}");
            } else if is_first {
                println!("{kind}: {failure}");
                if options.story {
                    failure.story().iter().for_each(|line| println!("{line}"));
                }
            }
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    if options.counts {
        totals.lock().expect("nothing panics beside it").print(kind);
    }
    let holds = !has_failed.load(Ordering::Relaxed);
    let outcome = if holds { "everything held" } else { "not everything held" };
    println!("{kind}: {} seeds, {outcome}, after {:.1?}", options.seeds, begun.elapsed());
    holds
}
