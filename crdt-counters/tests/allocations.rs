//! What the small states of every day cost: no allocation.

use std::hint::black_box;

use allocation_counter::measure;
use crdt_counters::{Delta, GCounter, Merge, PnCounter, ReplicaId, ResettableCounter};

const EU: ReplicaId = ReplicaId::from_u128(1);
const US: ReplicaId = ReplicaId::from_u128(2);

fn allocations(work: impl FnOnce()) -> u64 {
    measure(work).count_total
}

#[test]
fn an_empty_counter_allocates_nothing() {
    assert_eq!(allocations(|| drop(black_box(GCounter::new()))), 0);
    assert_eq!(allocations(|| drop(black_box(PnCounter::new()))), 0);
    assert_eq!(allocations(|| drop(black_box(ResettableCounter::new()))), 0);
}

#[test]
fn a_delta_and_a_counter_of_two_replicas_allocate_nothing() {
    let count = || {
        let mut eu = GCounter::new();
        let mut us = GCounter::new();
        us.merge(eu.increment(EU).expect("in range"));
        eu.merge(us.increment(US).expect("in range"));
        assert_eq!(black_box(eu.clone()), us);
        assert!(us.delta_since(&eu.digest()).is_bottom());
    };
    assert_eq!(allocations(count), 0);
}

#[test]
fn a_reset_of_two_replicas_allocates_nothing() {
    let count = || {
        let mut eu = ResettableCounter::new();
        eu.increment(EU).expect("in range");
        eu.decrement(US).expect("in range");
        let mut us = eu.clone();
        us.merge(eu.reset());
        assert_eq!(black_box(eu), us);
    };
    assert_eq!(allocations(count), 0);
}

/// The counter above shows that it would be seen.
#[test]
fn a_third_replica_allocates() {
    let count = || {
        let mut counter = GCounter::new();
        for replica in 1..=3 {
            counter.increment(ReplicaId::from_u128(replica)).expect("in range");
        }
        black_box(counter);
    };
    assert_ne!(allocations(count), 0);
}
