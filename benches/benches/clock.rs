//! The hybrid logical clock. `crdts` has no clock: its markers are the application's.

use std::hint::black_box;

use crdt_core::{Clock, Limits, Reading};
use criterion::{Criterion, criterion_group, criterion_main};

fn clock(c: &mut Criterion) {
    let mut group = c.benchmark_group("clock");
    let mut clock = Clock::new();
    let mut now = 1_000_000;
    group.bench_function("now/time_passes/ours", |b| {
        b.iter(|| {
            now += 1;
            clock.now(Reading::wall(black_box(now)))
        });
    });
    let mut clock = Clock::new();
    group.bench_function("now/time_stands_still/ours", |b| {
        b.iter(|| clock.now(Reading::wall(black_box(1_000_000))));
    });
    let (mut clock, limits) = (Clock::new(), Limits::default());
    let mut seen = benches::timestamp(1_000_000);
    group.bench_function("observe/ours", |b| {
        b.iter(|| {
            seen = seen.next().unwrap_or(seen);
            clock.observe(Reading::wall(black_box(1_000_000)), seen, &limits)
        });
    });
    group.finish();
}

criterion_group! { name = all; config = benches::criterion(); targets = clock }
criterion_main!(all);
