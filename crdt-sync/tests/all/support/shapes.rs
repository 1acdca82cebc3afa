//! Large states of several shapes, each made once, as a store that any number of replicas begin from.

use std::ops::Range;

use crdt_core::{CausalContext, ReplicaId};
use crdt_sync::{Config, Lattice};

use super::{Fleet, Store};

/// How many elements, or names, a large state has.
pub(crate) const MANY: u64 = 100_000;

/// So many of them are written at a time.
const BATCH: u64 = 10;

/// What the dots of a large state look like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// So many replicas have written, and are known.
    pub(crate) replicas: usize,
    /// Of so many dots one is live.
    minted_for_one: u64,
    /// So many dots have not been seen by anybody here.
    holes: u64,
}

const PLAIN: Shape = Shape { replicas: 3, minted_for_one: 1, holes: 0 };

pub(crate) const SHAPES: [Shape; 5] = [
    PLAIN,
    Shape { minted_for_one: 100, ..PLAIN },
    Shape { replicas: 50, ..PLAIN },
    Shape { holes: 100, ..PLAIN },
    Shape { replicas: 50, minted_for_one: 100, holes: 100 },
];

impl Shape {
    /// What is extra on a link beyond that of three replicas, once: the id of each that has written,
    /// its opening and how much of that is included. And in each of the two greetings the openings
    /// that go on from those of the store.
    pub(crate) fn dictionary(self, going_on: usize) -> usize {
        (self.replicas - 3) * (17 + 12) + 2 * going_on * 21
    }

    /// A store with a state of this shape; `write` writes those numbers in somebody's name.
    pub(crate) fn store<S: Lattice + PartialEq>(
        self,
        write: impl Fn(&mut S, ReplicaId, Range<u64>),
    ) -> Store {
        // All have written, so that all are known.
        let mut fleet = Fleet::<S>::new(self.replicas, &Config::volatile());
        for number in (1..self.replicas).rev() {
            fleet.connect(0, number);
            write_one(&mut fleet, number, &write, MANY + number as u64);
        }
        fleet.run(60_000);
        let mut state = fleet.replicas[0].state().clone();
        let dots = S::dots().expect("causal");
        let mut random = Random(7);
        for batch in 0..MANY / BATCH {
            let me = fleet.replicas[random.index(self.replicas)].id();
            write(&mut state, me, batch * BATCH..(batch + 1) * BATCH);
            if self.minted_for_one > 1 {
                let next = dots.seen(&state).max(me) + 1;
                let many = random.below(2 * BATCH * (self.minted_for_one - 1));
                let mut dead = CausalContext::new();
                dead.insert_run(me, next..=next + many);
                state.merge(dots.dead(dead));
            }
        }
        let seen = dots.seen(&state).clone();
        let mut holes = CausalContext::new();
        for _ in 0..self.holes {
            let other = fleet.replicas[1 + random.index(self.replicas - 1)].id();
            let counter = 2 + random.below(seen.max(other) - 1);
            holes.insert_run(other, counter..=counter);
        }
        let state = dots.restrict(&state, &seen.difference(&holes));
        let now = fleet.now();
        let taken = fleet.replicas[0].write(now, |here, _| here.merge_novel(state));
        taken.expect("open");
        Store { snapshot: Some(fleet.replicas[0].snapshot().bytes), records: Vec::new() }
    }
}

/// One write of one replica.
fn write_one<S: Lattice>(
    fleet: &mut Fleet<S>,
    number: usize,
    write: impl Fn(&mut S, ReplicaId, Range<u64>),
    which: u64,
) {
    let now = fleet.now();
    let delta = |state: &mut S, me| {
        let seen = state.digest();
        write(state, me, which..which + 1);
        state.delta_since(&seen)
    };
    fleet.replicas[number].write(now, delta).expect("open");
}

/// `SplitMix64`.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % bound
    }

    fn index(&mut self, bound: usize) -> usize {
        usize::try_from(self.below(bound as u64)).expect("fits")
    }
}
