//! Counters against the number of replicas that have counted.

use std::hint::black_box;

use benches::{FLAT, REPLICAS, ascending, g_counters, pn_counters, replica};
use crdt_core::Merge;
use crdt_counters::ResettableCounter;
use crdts::{CmRDT, CvRDT};
use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};

/// Benches of a counter that both libraries have.
macro_rules! counter {
    ($function:ident, $name:literal, $make:ident, $value:ident) => {
        fn $function(c: &mut Criterion) {
            let me = replica(1);

            let mut group = c.benchmark_group(concat!($name, "/increment"));
            for n in REPLICAS {
                let (mut ours, mut theirs) = $make(n);
                // Returns the delta, as theirs the operation.
                group.bench_function(BenchmarkId::new(n.to_string(), "ours"), |b| {
                    b.iter(|| ours.increment(black_box(me)));
                });
                group.bench_function(BenchmarkId::new(n.to_string(), "crdts"), |b| {
                    b.iter(|| {
                        let operation = theirs.inc(black_box(me));
                        theirs.apply(operation.clone());
                        operation
                    });
                });
            }
            group.finish();

            let mut group = c.benchmark_group(concat!($name, "/value"));
            for n in REPLICAS {
                let (ours, theirs) = $make(n);
                group.bench_function(BenchmarkId::new(n.to_string(), "ours"), |b| {
                    b.iter(|| black_box(&ours).value());
                });
                group.bench_function(BenchmarkId::new(n.to_string(), "crdts"), |b| {
                    b.iter(|| black_box(&theirs).read());
                });
            }
            group.finish();

            // Two states that know the same replicas, where the other has counted further.
            let mut group = c.benchmark_group(concat!($name, "/merge_same_replicas"));
            for n in REPLICAS {
                let (mut ours, mut theirs) = $make(n);
                let (mut our_other, mut their_other) = (ours.clone(), theirs.clone());
                our_other.increment(me).expect("far from the end");
                their_other.apply(their_other.inc(me));
                group.bench_function(BenchmarkId::new(n.to_string(), "ours"), |b| {
                    b.iter(|| ours.merge_ref(black_box(&our_other)));
                });
                // It merges by value only.
                group.bench_function(BenchmarkId::new(n.to_string(), "crdts"), |b| {
                    b.iter_batched(
                        || their_other.clone(),
                        |other| theirs.merge(other),
                        BatchSize::LargeInput,
                    );
                });
                assert_eq!(ours.value().to_string(), theirs.read().to_string());
            }
            group.finish();

            // One change into a state of n replicas: our delta, their operation.
            let mut group = c.benchmark_group(concat!($name, "/merge_delta"));
            for n in FLAT {
                let (mut ours, mut theirs) = $make(n);
                let mut writer = ours.clone();
                group.bench_function(BenchmarkId::new(n.to_string(), "ours"), |b| {
                    b.iter_batched(
                        || writer.increment(me).expect("far from the end"),
                        |delta| ours.merge(delta),
                        BatchSize::SmallInput,
                    );
                });
                let mut writer = theirs.clone();
                group.bench_function(BenchmarkId::new(n.to_string(), "crdts"), |b| {
                    b.iter_batched(
                        || {
                            let operation = writer.inc(me);
                            writer.apply(operation.clone());
                            operation
                        },
                        |operation| theirs.apply(operation),
                        BatchSize::SmallInput,
                    );
                });
            }
            group.finish();
        }
    };
}

counter!(g_counter, "g_counter", g_counters, value);
counter!(pn_counter, "pn_counter", pn_counters, value);

/// `crdts` has no counter that can be reset.
fn resettable_counter(c: &mut Criterion) {
    let mut group = c.benchmark_group("resettable_counter");
    for n in REPLICAS {
        let mut counter = ResettableCounter::new();
        for n in ascending(n) {
            counter.increment_by(replica(n), n + 1).expect("far from the end");
        }
        group.bench_function(format!("increment/{n}/ours"), |b| {
            b.iter(|| counter.increment(black_box(replica(1))));
        });
        group.bench_function(format!("value/{n}/ours"), |b| {
            b.iter(|| black_box(&counter).value());
        });
        group.bench_function(format!("reset_all/{n}/ours"), |b| {
            b.iter_batched_ref(|| counter.clone(), ResettableCounter::reset, BatchSize::LargeInput);
        });
        counter.reset();
        group.bench_function(format!("reset_one/{n}/ours"), |b| {
            b.iter(|| {
                counter.increment(replica(1)).expect("far from the end");
                counter.reset()
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = all;
    config = benches::criterion();
    targets = g_counter, pn_counter, resettable_counter
}
criterion_main!(all);
