//! Registers: the last writer's, and with several values at once.

use std::hint::black_box;

use benches::{CONCURRENT, lww_registers, mv_registers, replica, timestamp, value};
use crdt_core::Merge;
use crdts::{CmRDT, CvRDT};
use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};

fn lww_register(c: &mut Criterion) {
    let me = replica(1);

    let mut group = c.benchmark_group("lww_register/set");
    let (mut ours, mut theirs) = lww_registers(1);
    let mut now = (2..).map(timestamp);
    // Returns the delta, a clone of the register; theirs returns nothing.
    group.bench_function("ours", |b| {
        b.iter_batched(
            || (now.next().unwrap_or_default(), value(1)),
            |(now, value)| ours.set(me, now, value),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("crdts", |b| {
        b.iter_batched(
            || (now.next().unwrap_or_default(), value(1)),
            |(now, value)| theirs.update(value, (now, me)),
            BatchSize::SmallInput,
        );
    });
    group.finish();

    let mut group = c.benchmark_group("lww_register/merge_later");
    let (mut ours, mut theirs) = lww_registers(1);
    let mut next = 2..;
    group.bench_function("ours", |b| {
        b.iter_batched(
            || lww_registers(next.next().unwrap_or_default()).0,
            |other| ours.merge(other),
            BatchSize::SmallInput,
        );
    });
    group.bench_function("crdts", |b| {
        b.iter_batched(
            || lww_registers(next.next().unwrap_or_default()).1,
            |other| theirs.merge(other),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn mv_register(c: &mut Criterion) {
    let id = |n: u64, library: &str| BenchmarkId::new(n.to_string(), library);

    // A write replaces all concurrent values.
    let mut group = c.benchmark_group("mv_register/set");
    for n in CONCURRENT {
        let (ours, theirs) = mv_registers(0, n);
        group.bench_function(id(n, "ours"), |b| {
            b.iter_batched_ref(
                || (ours.clone(), value(n)),
                |(register, value)| register.set(replica(0), value.clone()),
                BatchSize::SmallInput,
            );
        });
        group.bench_function(id(n, "crdts"), |b| {
            b.iter_batched_ref(
                || (theirs.clone(), value(n)),
                |(register, value)| {
                    let context = register.read_ctx().derive_add_ctx(replica(0));
                    let operation = register.write(value.clone(), context);
                    register.apply(operation.clone());
                    operation
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();

    let mut group = c.benchmark_group("mv_register/values");
    for n in CONCURRENT {
        let (ours, theirs) = mv_registers(0, n);
        // By reference, in canonical order; theirs clones, in the order of arrival.
        group.bench_function(id(n, "ours"), |b| b.iter(|| black_box(&ours).values().len()));
        group.bench_function(id(n, "crdts"), |b| b.iter(|| black_box(&theirs).read().val.len()));
    }
    group.finish();

    let mut group = c.benchmark_group("mv_register/merge_equal");
    for n in CONCURRENT {
        let (mut ours, mut theirs) = mv_registers(0, n);
        let (our_other, their_other) = (ours.clone(), theirs.clone());
        group.bench_function(id(n, "ours"), |b| {
            b.iter_batched(|| our_other.clone(), |other| ours.merge(other), BatchSize::SmallInput);
        });
        group.bench_function(id(n, "crdts"), |b| {
            b.iter_batched(
                || their_other.clone(),
                |other| theirs.merge(other),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();

    let mut group = c.benchmark_group("mv_register/merge_concurrent");
    for n in CONCURRENT {
        let (ours, theirs) = mv_registers(0, n);
        let (our_other, their_other) = mv_registers(n, n);
        group.bench_function(id(n, "ours"), |b| {
            b.iter_batched(
                || (ours.clone(), our_other.clone()),
                |(mut register, other)| {
                    register.merge(other);
                    register
                },
                BatchSize::SmallInput,
            );
        });
        group.bench_function(id(n, "crdts"), |b| {
            b.iter_batched(
                || (theirs.clone(), their_other.clone()),
                |(mut register, other)| {
                    register.merge(other);
                    register
                },
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

criterion_group! {
    name = all;
    config = benches::criterion();
    targets = lww_register, mv_register
}
criterion_main!(all);
