//! What it costs: probes and deltas of both directions, in bytes.
//!
//! The bounds are those of a reconnect of two replicas whose logs are gone. Where there are many
//! replicas, the ids are written out once, as on a link.

use alloc::sync::Arc;

use crdt_core::wire::{Wire, encode_with};
use crdt_core::{CausalContext, Delta, Dotted, Merge, ReplicaId};
use crdt_sets::{GSet, OrSet};
use std::sync::OnceLock;

use super::history::{Random, replica};
use super::{Outcome, join, run};

const ELEMENTS: u64 = 100_000;
const DIFFERING: u64 = 1_000;
const KIB: usize = 1024;

/// What the dots of a set look like.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shape {
    replicas: u64,
    /// Of so many dots one is live.
    minted_for_one: u64,
    /// So many dots have not been seen by anybody here.
    holes: u64,
}

const PLAIN: Shape = Shape { replicas: 3, minted_for_one: 1, holes: 0 };

const SHAPES: [Shape; 5] = [
    PLAIN,
    Shape { minted_for_one: 100, ..PLAIN },
    Shape { replicas: 50, ..PLAIN },
    Shape { holes: 100, ..PLAIN },
    Shape { replicas: 50, minted_for_one: 100, holes: 100 },
];

/// The sets of all shapes, made once for all tests.
static BASES: [OnceLock<OrSet<u64>>; 5] = [const { OnceLock::new() }; 5];

impl Shape {
    fn base(self) -> OrSet<u64> {
        let place = SHAPES.iter().position(|shape| *shape == self).expect("one of them");
        BASES[place].get_or_init(|| self.make()).clone()
    }

    fn make(self) -> OrSet<u64> {
        let mut random = Random(self.replicas);
        let mut set = OrSet::new();
        for element in 0..ELEMENTS {
            let me = replica(element % self.replicas);
            set.add(me, element);
            if self.minted_for_one > 1 {
                let next = set.context().max(me) + 1;
                let mut dead = CausalContext::new();
                dead.insert_run(me, next..=next + random.below(2 * self.minted_for_one - 3));
                set.merge(OrSet::dead(dead));
            }
        }
        let mut holes = CausalContext::new();
        for _ in 0..self.holes {
            let me = replica(random.below(self.replicas));
            let counter = 1 + random.below(set.context().max(me));
            holes.insert_run(me, counter..=counter);
        }
        set.restrict(&set.context().difference(&holes))
    }

    /// What is extra where many replicas have written: their ids, once.
    fn dictionary(self) -> usize {
        usize::try_from((self.replicas - 3) * 17).expect("few")
    }
}

/// The bytes of a session and of the deltas that it found, on a link that knows the replica ids.
fn bytes<S: Delta + Wire>(outcome: &Outcome<S>, agreed: &[ReplicaId]) -> usize {
    let deltas = [&outcome.for_a, &outcome.for_b];
    outcome.bytes() + deltas.map(|delta| encode_with(delta, agreed).0.len()).iter().sum::<usize>()
}

fn check(shape: Shape, what: &str, a: OrSet<u64>, b: OrSet<u64>, most: usize) {
    let (a, b) = (Arc::new(a), Arc::new(b));
    let joined = join(&*a, &*b);
    let agreed: alloc::vec::Vec<_> = joined.context().replicas().collect();
    for (a, b, key) in [(&a, &b, 0), (&b, &a, 1)] {
        let outcome = run(a, b, key, 1);
        let bytes = bytes(&outcome, &agreed);
        let probes = outcome.probes.len();
        std::println!("{what}, {shape:?}: {bytes} of {most} bytes, {probes} probes");
        assert!(bytes <= most, "{what}, {shape:?}: {bytes} of {most} bytes");
        assert!(probes <= 16, "{what}, {shape:?}: {probes} probes");
        assert_eq!(join(&join(&**a, &outcome.for_a), &outcome.own_a), joined);
        assert_eq!(join(&join(&**b, &outcome.for_b), &outcome.own_b), joined);
    }
}

#[test]
fn additions_on_both_sides_cost_three_bytes_each_besides() {
    for shape in SHAPES {
        let mut a = shape.base();
        let mut b = a.clone();
        for n in 0..DIFFERING {
            a.add(replica(n % 2), ELEMENTS + n);
            b.add(replica(2), 2 * ELEMENTS + n);
        }
        let differing = usize::try_from(2 * DIFFERING).expect("few");
        let most = differing * 8 + differing * 3 + KIB + shape.dictionary();
        check(shape, "additions", a, b, most);
    }
}

#[test]
fn additions_by_every_replica_cost_no_more() {
    for shape in SHAPES {
        let mut a = shape.base();
        let mut b = a.clone();
        let half = shape.replicas / 2;
        for n in 0..DIFFERING {
            a.add(replica(n % half), ELEMENTS + n);
            b.add(replica(half + n % (shape.replicas - half)), 2 * ELEMENTS + n);
        }
        let differing = usize::try_from(2 * DIFFERING).expect("few");
        let most = differing * 8 + differing * 3 + KIB + shape.dictionary();
        check(shape, "additions by all", a, b, most);
    }
}

#[test]
fn removals_on_one_side_cost_sixteen_bytes_each_at_most() {
    for shape in SHAPES {
        let b = shape.base();
        let mut a = b.clone();
        let mut random = Random(7);
        let before = a.len();
        while a.len() + 1_000 > before {
            a.remove(&random.below(ELEMENTS));
        }
        check(shape, "removals", a, b, 16 * KIB + shape.dictionary());
    }
}

#[test]
fn removals_on_both_sides_cost_no_more() {
    for shape in SHAPES {
        let mut a = shape.base();
        let mut b = a.clone();
        let mut random = Random(7);
        for _ in 0..DIFFERING / 2 {
            a.remove(&random.below(ELEMENTS));
            b.remove(&random.below(ELEMENTS));
        }
        check(shape, "removals on both sides", a, b, 16 * KIB + shape.dictionary());
    }
}

#[test]
fn few_removals_cost_little() {
    for shape in SHAPES {
        let mut a = shape.base();
        let mut b = a.clone();
        for n in 0..5 {
            a.remove(&(n * 777));
            b.remove(&(n * 555 + 1));
        }
        check(shape, "few removals", a, b, 2 * KIB + shape.dictionary());
    }
}

#[test]
fn elements_written_anew_cost_a_new_dot_and_a_dead_one() {
    for shape in SHAPES {
        let mut a = shape.base();
        let mut b = a.clone();
        for n in 0..100 {
            a.add(replica(0), n * 997);
            b.add(replica(1), n * 991 + 1);
        }
        check(shape, "written anew", a, b, 200 * 8 + 8 * KIB + shape.dictionary());
    }
}

#[test]
fn equal_sets_cost_next_to_nothing() {
    let set = PLAIN.base();
    check(PLAIN, "equal", set.clone(), set, 256);
    let set: GSet<u64> = (0..ELEMENTS).collect();
    let set = Arc::new(set);
    assert!(bytes(&run(&set, &set, 1, 1), &[]) < 64);
}

#[test]
fn grow_only_sets_cost_twenty_four_bytes_each() {
    let mut random = Random(3);
    let common: GSet<u64> = (0..ELEMENTS).map(|_| random.next()).collect();
    let (mut a, mut b) = (common.clone(), common);
    for _ in 0..DIFFERING {
        a.add(random.next());
        b.add(random.next());
    }
    let (a, b) = (Arc::new(a), Arc::new(b));
    let differing = usize::try_from(2 * DIFFERING).expect("few");
    let most = differing * 8 + differing * 24 + 4 * KIB;
    for key in 0..8 {
        let outcome = run(&a, &b, key, 1);
        let bytes = bytes(&outcome, &[]);
        std::println!("grow-only: {bytes} of {most} bytes, {} probes", outcome.probes.len());
        assert!(bytes <= most, "{bytes} of {most} bytes");
        assert_eq!(join(&*a, &outcome.for_a), join(&*a, &*b));
        assert_eq!(join(&*b, &outcome.for_b), join(&*a, &*b));
    }
}

#[test]
fn a_grow_only_set_on_one_side_alone_differs_as_cheaply() {
    let mut random = Random(4);
    let a: GSet<u64> = (0..ELEMENTS).map(|_| random.next()).collect();
    let mut b = a.clone();
    b.add_all((0..DIFFERING).map(|_| random.next()).collect::<alloc::vec::Vec<_>>());
    let (a, b) = (Arc::new(a), Arc::new(b));
    for (a, b) in [(&a, &b), (&b, &a)] {
        let outcome = run(a, b, 5, 1);
        let bytes = bytes(&outcome, &[]);
        assert!(bytes <= 1_000 * (8 + 24) + 4 * KIB, "{bytes}");
    }
}
