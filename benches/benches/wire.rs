//! Bytes. `crdts` has serde's traits and no format: it is measured with `postcard`, which neither
//! sorts (equal states may have different bytes) nor refuses what it would not have written.

use std::hint::black_box;
use std::time::Duration;

use benches::{g_counters, g_sets, lww_registers, mv_registers, or_sets, pn_counters};
use crdt_core::Wire;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use serde::Serialize;
use serde::de::DeserializeOwned;

const COUNTS: [u64; 2] = [1_000, 100_000];

fn both<T, U>(c: &mut Criterion, name: &str, n: u64, ours: &T, theirs: &U)
where
    T: Wire + PartialEq,
    U: Serialize + DeserializeOwned + PartialEq,
{
    let our_bytes = ours.encode();
    let their_bytes = postcard::to_allocvec(theirs).unwrap_or_default();
    assert!(T::decode(&our_bytes).is_ok_and(|state| state == *ours));
    assert!(postcard::from_bytes::<U>(&their_bytes).is_ok_and(|state| state == *theirs));
    println!("{name}/bytes/{n}: ours {}, crdts {}", our_bytes.len(), their_bytes.len());

    let id = |library: &str| BenchmarkId::new(n.to_string(), library);
    let mut group = c.benchmark_group(format!("{name}/encode"));
    group.throughput(Throughput::Elements(n));
    group.bench_function(id("ours"), |b| b.iter(|| black_box(ours).encode()));
    group.bench_function(id("crdts"), |b| b.iter(|| postcard::to_allocvec(black_box(theirs))));
    group.finish();

    let mut group = c.benchmark_group(format!("{name}/decode"));
    group.throughput(Throughput::Elements(n));
    group.bench_function(id("ours"), |b| b.iter(|| T::decode(black_box(&our_bytes))));
    group.bench_function(id("crdts"), |b| {
        b.iter(|| postcard::from_bytes::<U>(black_box(&their_bytes)));
    });
    group.finish();
}

fn wire(c: &mut Criterion) {
    for n in COUNTS {
        let (ours, theirs) = g_counters(n);
        both(c, "g_counter", n, &ours, &theirs);
        let (ours, theirs) = pn_counters(n);
        both(c, "pn_counter", n, &ours, &theirs);
        let (ours, theirs) = g_sets(0..n);
        both(c, "g_set", n, &ours, &theirs);
        let (ours, theirs) = or_sets(0..n);
        both(c, "or_set", n, &ours, &theirs);
    }
    let (ours, theirs) = lww_registers(1);
    both(c, "lww_register", 1, &ours, &theirs);
    for n in benches::CONCURRENT {
        let (ours, theirs) = mv_registers(0, n);
        both(c, "mv_register", n, &ours, &theirs);
    }
}

/// What travels in everyday use: the delta of one addition.
fn delta(c: &mut Criterion) {
    let (mut set, mut theirs) = or_sets(0..1_000);
    let me = benches::replica(1);
    let delta = set.add(me, benches::element(1_000));
    let operation = benches::add(&mut theirs, me, benches::element(1_000));
    both(c, "or_set_delta", 1, &delta, &operation);
}

criterion_group! {
    name = all;
    config = benches::criterion().measurement_time(Duration::from_millis(500));
    targets = wire, delta
}
criterion_main!(all);
