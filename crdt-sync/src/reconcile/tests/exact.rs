//! After a session both ends have the join of the two states.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;

use crdt_core::{Delta, Merge};
use crdt_counters::GCounter;
use crdt_registers::{LwwRegister, MvRegister};
use crdt_sets::{GSet, OrSet};

use super::super::probe::Tag;
use super::history::{Random, Written, replica, states};
use super::{join, run};

/// Checks a session between each two of three replicas, also when both write on meanwhile.
fn check<S: Written>(seed: u64, steps: usize, keys: u64) {
    let states = states::<S>(seed, steps, keys);
    let mut random = Random(!seed);
    for (a, b) in [(0, 1), (1, 2), (2, 0), (1, 1)] {
        let (a, b) = (Arc::new(states[a].clone()), Arc::new(states[b].clone()));
        for minor in [0, 1] {
            let outcome = run(&a, &b, u128::from(random.next()), minor);
            let joined = join(&*a, &*b);
            assert_eq!(join(&join(&*a, &outcome.for_a), &outcome.own_a), joined, "seed {seed}");
            assert_eq!(join(&join(&*b, &outcome.for_b), &outcome.own_b), joined, "seed {seed}");
            assert_eq!(join(&*a, &outcome.for_b), *a, "a delta has nothing that its maker has not");
            assert_eq!(join(&*b, &outcome.for_a), *b);
            let (mut here, mut there) = ((*a).clone(), (*b).clone());
            for _ in 0..8 {
                here.write(replica(10), keys, &mut random);
                there.write(replica(11), keys, &mut random);
            }
            let both = join(&here, &there);
            let before = (here.clone(), there.clone());
            here.merge(outcome.for_a);
            here.merge(outcome.own_a);
            there.merge(outcome.for_b);
            there.merge(outcome.own_b);
            assert_eq!(
                here,
                join(&before.0, &b),
                "the answer holds for what has been written since"
            );
            assert_eq!(there, join(&before.1, &a));
            let (here, there) = (Arc::new(here), Arc::new(there));
            let again = run(&here, &there, u128::from(random.next()), minor);
            assert_eq!(join(&join(&*here, &again.for_a), &again.own_a), both);
            assert_eq!(join(&join(&*there, &again.for_b), &again.own_b), both);
        }
    }
}

fn check_all<S: Written>() {
    for seed in 0..60 {
        check::<S>(seed, 1 + 3 * usize::try_from(seed).expect("small"), 4);
    }
    for seed in 100..106 {
        check::<S>(seed, 3_000, 2_000);
    }
}

#[test]
fn or_set() {
    check_all::<OrSet<u64>>();
}

#[test]
fn mv_register() {
    for seed in 0..60 {
        check::<MvRegister<u64>>(seed, 40, 4);
    }
}

#[test]
fn g_set() {
    check_all::<GSet<u64>>();
}

#[test]
fn lww_register() {
    for seed in 0..30 {
        check::<LwwRegister<u64>>(seed, 5, 3);
    }
}

#[test]
fn tuple_of_causal_and_plain() {
    check_all::<(OrSet<u64>, GSet<u64>)>();
    check_all::<(GSet<u64>, LwwRegister<u64>)>();
}

#[test]
fn optional_set() {
    check_all::<Option<GSet<u64>>>();
}

#[test]
fn map_of_counters() {
    check_all::<BTreeMap<String, GCounter>>();
}

#[test]
fn few_live_of_many_minted() {
    let mut base = OrSet::<u64>::new();
    let mut random = Random(0);
    for n in 0..30_000 {
        base.add(replica(n % 5), random.below(2_000));
    }
    for seed in 0..8 {
        let mut random = Random(seed);
        let (mut a, mut b) = (base.clone(), base.clone());
        for _ in 0..150 {
            let lost = a.remove(&random.below(2_000));
            if random.below(2) == 0 {
                b.merge(lost);
            }
            let lost = b.add(replica(1), random.below(2_000));
            if random.below(2) == 0 {
                a.merge(lost);
            }
        }
        let (a, b) = (Arc::new(a), Arc::new(b));
        let outcome = run(&a, &b, u128::from(seed), 1);
        assert!(outcome.has_said(Tag::First), "there are too many dots to tell them plainly");
        assert_eq!(join(&join(&*a, &outcome.for_a), &outcome.own_a), join(&*a, &*b));
        assert_eq!(join(&join(&*b, &outcome.for_b), &outcome.own_b), join(&*a, &*b));
    }
}

/// The plainest lattice, with nothing but what the trait asks for.
#[test]
fn a_type_without_dots_and_parts() {
    #[derive(Clone, Debug, Default, PartialEq)]
    struct Greatest(u64);

    impl Merge for Greatest {
        fn merge(&mut self, other: Self) -> bool {
            let greater = other.0 > self.0;
            self.0 = self.0.max(other.0);
            greater
        }
    }

    impl Delta for Greatest {
        type Digest = u64;

        fn digest(&self) -> u64 {
            self.0
        }

        fn delta_since(&self, digest: &u64) -> Self {
            if self.0 > *digest { self.clone() } else { Self(0) }
        }

        fn is_bottom(&self) -> bool {
            self.0 == 0
        }
    }

    impl Written for Greatest {
        fn write(&mut self, _: crdt_core::ReplicaId, keys: u64, random: &mut Random) -> Self {
            self.0 += random.below(keys);
            self.clone()
        }
    }

    check_all::<Greatest>();
}
