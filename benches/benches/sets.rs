//! Sets against the number of elements.

use std::hint::black_box;

use benches::{FLAT, WALKED, add, apply_each, assert_same, element, g_sets, or_sets, replica};
use crdt_core::{Delta, Merge};
use crdt_sets::{GSet, OrSet};
use crdts::ctx::AddCtx;
use crdts::{CmRDT, CvRDT, Dot, VClock};
use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};

fn id(n: u64, library: &str) -> BenchmarkId {
    BenchmarkId::new(n.to_string(), library)
}

fn g_set(c: &mut Criterion) {
    let mut group = c.benchmark_group("g_set/add");
    for n in FLAT {
        let (ours, theirs) = g_sets(0..n);
        group.bench_function(id(n, "ours"), |b| {
            apply_each(b, n, &ours, element, |set, element| drop(set.add(element)));
        });
        group.bench_function(id(n, "crdts"), |b| {
            apply_each(b, n, &theirs, element, crdts::gset::GSet::insert);
        });
    }
    group.finish();

    let mut group = c.benchmark_group("g_set/merge_delta");
    for n in FLAT {
        let (ours, theirs) = g_sets(0..n);
        group.bench_function(id(n, "ours"), |b| {
            apply_each(
                b,
                n,
                &ours,
                |n| GSet::from_iter([element(n)]),
                |set, delta| {
                    set.merge(delta);
                },
            );
        });
        group.bench_function(id(n, "crdts"), |b| {
            apply_each(b, n, &theirs, element, CmRDT::apply);
        });
    }
    group.finish();

    let mut group = c.benchmark_group("g_set/merge_equal");
    for n in WALKED {
        let (mut ours, mut theirs) = g_sets(0..n);
        let (our_other, their_other) = (ours.clone(), theirs.clone());
        group.bench_function(id(n, "ours"), |b| {
            b.iter(|| ours.merge_ref(black_box(&our_other)));
        });
        // It merges by value only; what that drops is measured, the clone is not.
        group.bench_function(id(n, "crdts"), |b| {
            b.iter_batched(
                || their_other.clone(),
                |other| theirs.merge(other),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();

    let mut group = c.benchmark_group("g_set/merge_disjoint");
    for n in WALKED {
        let (our_left, their_left) = g_sets(0..n / 2);
        let (our_right, their_right) = g_sets(n / 2..n);
        group.bench_function(id(n, "ours"), |b| {
            b.iter_batched(
                || (our_left.clone(), our_right.clone()),
                |(mut left, right)| {
                    left.merge(right);
                    left
                },
                BatchSize::LargeInput,
            );
        });
        group.bench_function(id(n, "crdts"), |b| {
            b.iter_batched(
                || (their_left.clone(), their_right.clone()),
                |(mut left, right)| {
                    left.merge(right);
                    left
                },
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

fn or_set_mutate(c: &mut Criterion) {
    let me = replica(1);

    let mut group = c.benchmark_group("or_set/add");
    for n in FLAT {
        let (ours, theirs) = or_sets(0..n);
        // Returns the delta, as theirs the operation.
        group.bench_function(id(n, "ours"), |b| {
            apply_each(b, n, &ours, element, |set, element| drop(set.add(me, element)));
        });
        group.bench_function(id(n, "crdts"), |b| {
            apply_each(b, n, &theirs, element, |set, element| drop(add(set, me, element)));
        });
    }
    group.finish();

    let mut group = c.benchmark_group("or_set/remove");
    for n in FLAT {
        let (ours, theirs) = or_sets(0..n);
        group.bench_function(id(n, "ours"), |b| {
            let known = |place| element(place - n);
            apply_each(b, n, &ours, known, |set, element| drop(set.remove(&element)));
        });
        group.bench_function(id(n, "crdts"), |b| {
            let known = |place| element(place - n);
            apply_each(b, n, &theirs, known, |set, element| {
                let operation = set.rm(element, set.contains(&element).derive_rm_ctx());
                set.apply(operation);
            });
        });
    }
    group.finish();

    let mut group = c.benchmark_group("or_set/contains");
    for n in FLAT {
        let (ours, theirs) = or_sets(0..n);
        let mut next = (0..n).cycle().map(element);
        group.bench_function(id(n, "ours"), |b| {
            b.iter(|| ours.contains(&next.next().unwrap_or_default()));
        });
        // It gives the context for a change in the same call.
        group.bench_function(id(n, "crdts"), |b| {
            b.iter(|| theirs.contains(&next.next().unwrap_or_default()).val);
        });
    }
    group.finish();

    let mut group = c.benchmark_group("or_set/iter");
    for n in WALKED {
        let (ours, theirs) = or_sets(0..n);
        group.bench_function(id(n, "ours"), |b| {
            b.iter(|| ours.iter().fold(0, |sum, element| sum ^ element));
        });
        group.bench_function(id(n, "crdts"), |b| {
            b.iter(|| theirs.iter().fold(0, |sum, element| sum ^ element.val));
        });
    }
    group.finish();
}

fn or_set_merge_deltas(c: &mut Criterion) {
    let me = replica(1);

    // One addition elsewhere: our delta, their operation, which must arrive in order.
    let mut group = c.benchmark_group("or_set/merge_delta");
    for n in FLAT {
        let (ours, theirs) = or_sets(0..n);
        let mut writer = ours.clone();
        let deltas: Vec<_> = (n..n + n / 10).map(|n| writer.add(me, element(n))).collect();
        let delta = |place: u64| deltas[usize::try_from(place - n).unwrap_or(0)].clone();
        group.bench_function(id(n, "ours"), |b| {
            apply_each(b, n, &ours, delta, |set, delta| {
                set.merge(delta);
            });
        });
        group.bench_function(id(n, "ours_novel"), |b| {
            apply_each(b, n, &ours, delta, |set, delta| drop(set.merge_novel(delta)));
        });
        let mut writer = theirs.clone();
        let operations: Vec<_> =
            (n..n + n / 10).map(|n| add(&mut writer, me, element(n))).collect();
        let operation = |place: u64| operations[usize::try_from(place - n).unwrap_or(0)].clone();
        group.bench_function(id(n, "crdts"), |b| {
            apply_each(b, n, &theirs, operation, CmRDT::apply);
        });
        let (mut here, mut there) = (ours, theirs);
        for (delta, operation) in deltas.into_iter().zip(operations) {
            here.merge(delta);
            there.apply(operation);
        }
        assert_same(&here, &there);
    }
    group.finish();

    // An element that is there is added anew: one dot dies and one is born.
    let mut group = c.benchmark_group("or_set/merge_delta_readded");
    for n in FLAT {
        let (mut ours, mut theirs) = or_sets(0..n);
        let mut writer = ours.clone();
        let mut next = (0..n).cycle().map(element);
        group.bench_function(id(n, "ours"), |b| {
            b.iter_batched(
                || writer.add(me, next.next().unwrap_or_default()),
                |delta| ours.merge(delta),
                BatchSize::SmallInput,
            );
        });
        let mut writer = theirs.clone();
        group.bench_function(id(n, "crdts"), |b| {
            b.iter_batched(
                || add(&mut writer, me, next.next().unwrap_or_default()),
                |operation| theirs.apply(operation),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

fn or_set_merge_states(c: &mut Criterion) {
    let mut group = c.benchmark_group("or_set/merge_equal");
    for n in WALKED {
        let (mut ours, mut theirs) = or_sets(0..n);
        let (our_other, their_other) = (ours.clone(), theirs.clone());
        group.bench_function(id(n, "ours"), |b| {
            b.iter(|| ours.merge_ref(black_box(&our_other)));
        });
        group.bench_function(id(n, "ours_by_value"), |b| {
            b.iter_batched(|| our_other.clone(), |other| ours.merge(other), BatchSize::LargeInput);
        });
        // It merges by value only; what that drops is measured, the clone is not.
        group.bench_function(id(n, "crdts"), |b| {
            b.iter_batched(
                || their_other.clone(),
                |other| theirs.merge(other),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();

    let mut group = c.benchmark_group("or_set/merge_disjoint");
    for n in WALKED {
        let half = |numbers: core::ops::Range<u64>, me| {
            let (mut ours, mut theirs) = (OrSet::new(), benches::theirs::OrSet::new());
            for (n, counter) in numbers.zip(1..) {
                ours.add(me, element(n));
                let dot = Dot::new(me, counter);
                let context = AddCtx { clock: VClock::from(dot), dot };
                theirs.apply(theirs.add(element(n), context));
            }
            (ours, theirs)
        };
        let (our_left, their_left) = half(0..n / 2, replica(1));
        let (our_right, their_right) = half(n / 2..n, replica(2));
        let join = |(mut left, right): (OrSet<u64>, OrSet<u64>)| {
            left.merge(right);
            left
        };
        let their_join = |(mut left, right): (benches::theirs::OrSet, benches::theirs::OrSet)| {
            left.merge(right);
            left
        };
        assert_same(
            &join((our_left.clone(), our_right.clone())),
            &their_join((their_left.clone(), their_right.clone())),
        );
        group.bench_function(id(n, "ours"), |b| {
            b.iter_batched(|| (our_left.clone(), our_right.clone()), join, BatchSize::LargeInput);
        });
        group.bench_function(id(n, "crdts"), |b| {
            b.iter_batched(
                || (their_left.clone(), their_right.clone()),
                their_join,
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

/// `crdts` has no digests and no deltas between states: a peer that was away gets the state.
fn or_set_catch_up(c: &mut Criterion) {
    let mut group = c.benchmark_group("or_set/catch_up");
    for n in WALKED {
        let (behind, _) = or_sets(0..n);
        let mut ahead = behind.clone();
        ahead.add(replica(1), element(n));
        ahead.remove(&element(0));
        let digest = behind.digest();
        group.bench_function(format!("digest/{n}/ours"), |b| {
            b.iter(|| black_box(&behind).digest());
        });
        group.bench_function(format!("delta_since/{n}/ours"), |b| {
            b.iter(|| ahead.delta_since(black_box(&digest)));
        });
    }
    group.finish();
}

criterion_group! {
    name = all;
    config = benches::criterion();
    targets = g_set, or_set_mutate, or_set_merge_deltas, or_set_merge_states, or_set_catch_up
}
criterion_main!(all);
