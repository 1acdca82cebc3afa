//! What a counter does that can be reset.

use crdt_counters::{
    Admit, AdmitError, CounterOverflow, Delta, Limits, Merge, ReplicaId, ResettableCounter, Wire,
};

const EU: ReplicaId = ReplicaId::from_u128(1);
const US: ReplicaId = ReplicaId::from_u128(2);
const AP: ReplicaId = ReplicaId::from_u128(3);

fn counter<const N: usize>(totals: [(ReplicaId, u64, u64); N]) -> ResettableCounter {
    let mut counter = ResettableCounter::new();
    for (replica, increments, decrements) in totals {
        counter.increment_by(replica, increments).expect("in range");
        counter.decrement_by(replica, decrements).expect("in range");
    }
    counter
}

#[test]
fn a_reset_sets_the_value_to_zero() {
    for mut visits in [counter([(EU, 5, 0), (US, 2, 9)]), counter([(EU, 0, 3)])] {
        assert_ne!(visits.value(), 0);
        visits.reset();
        assert_eq!(visits.value(), 0);
        visits.increment(US).expect("in range");
        assert_eq!(visits.value(), 1);
    }
}

#[test]
fn of_concurrent_increments_just_those_survive_a_reset() {
    let mut eu = counter([(EU, 5, 0)]);
    let mut us = eu.clone();
    let reset = us.reset();
    let more = eu.increment_by(EU, 2).expect("in range");

    eu.merge(reset);
    us.merge(more);
    assert_eq!(eu, us);
    assert_eq!(eu.value(), 2);
}

#[test]
fn of_concurrent_decrements_just_those_survive_a_reset() {
    let mut eu = counter([(EU, 5, 1)]);
    let mut us = eu.clone();
    let less = eu.decrement_by(EU, 3).expect("in range");
    us.reset();
    us.merge(less);
    assert_eq!(us.value(), -3);
}

#[test]
fn two_concurrent_resets_are_one() {
    let mut eu = counter([(EU, 5, 0), (US, 2, 0)]);
    let mut us = eu.clone();
    let (here, there) = (eu.reset(), us.reset());
    assert_eq!(here, there);
    eu.merge(there);
    assert_eq!(eu.value(), 0);
}

/// The reset knows of a total that this replica has not received yet: when it comes, it is reset.
#[test]
fn a_reset_that_arrives_before_what_it_resets_removes_it_all_the_same() {
    let mut eu = ResettableCounter::new();
    let five = eu.increment_by(EU, 5).expect("in range");
    let reset = eu.clone().reset();
    let seven = eu.increment_by(EU, 2).expect("in range");

    let mut late = ResettableCounter::new();
    late.merge(reset);
    assert_eq!(late.value(), 0);
    late.merge(five);
    assert_eq!(late.value(), 0);
    late.merge(seven);
    assert_eq!(late.value(), 2);
}

#[test]
fn a_reset_returns_just_the_baselines_that_it_raised() {
    let mut visits = counter([(EU, 5, 0), (US, 2, 0)]);
    visits.reset();
    visits.increment(US).expect("in range");
    let reset = visits.reset();
    assert_eq!(reset, ResettableCounter::decode(&baseline_of_us_at_three()).expect("canonical"));
    assert!(visits.reset().is_bottom(), "nothing has come since");
    assert!(ResettableCounter::new().reset().is_bottom());
}

fn baseline_of_us_at_three() -> Vec<u8> {
    let mut bytes = vec![1, 1, 0];
    bytes.extend(US.as_bytes());
    bytes.extend([0, 0, 3, 0]);
    bytes
}

#[test]
fn a_delta_holds_just_the_totals_and_baselines_that_the_peer_lacks() {
    let mut here = counter([(EU, 5, 1), (US, 2, 0)]);
    let peer = here.clone();
    let reset = here.reset();
    assert_eq!(here.delta_since(&peer.digest()), reset);
    assert_eq!(peer.clone().merge_novel(here), reset);
}

#[test]
fn a_reset_does_not_give_room_for_more() {
    let mut visits = counter([(EU, u64::MAX, 0)]);
    visits.reset();
    let refused = visits.increment(EU).unwrap_err();
    assert_eq!(refused, CounterOverflow { replica: EU, total: u64::MAX, amount: 1 });
    assert_eq!(visits.value(), 0);
}

#[test]
fn a_reset_by_others_of_what_was_counted_here_is_admitted() {
    let mine = counter([(EU, 5, 1)]);
    let mut reset_elsewhere = mine.clone();
    reset_elsewhere.reset();
    assert_eq!(mine.admit(&reset_elsewhere, EU, 0, &Limits::default()), Ok(()));
}

#[test]
fn counts_of_ones_own_that_one_never_made_are_refused_also_when_they_are_reset() {
    let restored = counter([(EU, 5, 1)]);
    let mut ahead = counter([(EU, 7, 1)]);
    let unknown = AdmitError::OwnWriteUnknown { replica: EU, claimed: 7, held: 5 };
    assert_eq!(restored.admit(&ahead, EU, 0, &Limits::default()), Err(unknown));
    let reset = ahead.reset();
    assert_eq!(restored.admit(&reset, EU, 0, &Limits::default()), Err(unknown));
    assert_eq!(restored.admit(&reset, AP, 0, &Limits::default()), Ok(()));
}

#[test]
fn a_person_can_read_it() {
    let mut visits = counter([(EU, 5, 1)]);
    visits.reset();
    visits.increment_by(US, 2).expect("in range");
    assert_eq!(
        format!("{visits:?}"),
        "ResettableCounter { value: 2, …0001: +5 -1 reset at +5 -1, …0002: +2 -0 }"
    );
}
