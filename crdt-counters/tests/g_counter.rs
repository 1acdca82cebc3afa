//! What a grow-only counter does.

use crdt_counters::{
    Admit, AdmitError, Change, CounterOverflow, Delta, GCounter, Limits, Merge, Observe, ReplicaId,
};

const EU: ReplicaId = ReplicaId::from_u128(1);
const US: ReplicaId = ReplicaId::from_u128(2);
const AP: ReplicaId = ReplicaId::from_u128(3);

fn counter<const N: usize>(totals: [(ReplicaId, u64); N]) -> GCounter {
    let mut counter = GCounter::new();
    for (replica, total) in totals {
        counter.increment_by(replica, total).expect("in range");
    }
    counter
}

#[test]
fn page_views_of_two_regions_add_up() {
    let mut eu = counter([(EU, 50)]);
    let us = counter([(US, 30)]);
    assert!(eu.merge(us));
    assert_eq!(eu.value(), 80);
}

#[test]
fn what_is_merged_twice_counts_once() {
    let mut eu = counter([(EU, 50)]);
    let us = counter([(US, 30)]);
    assert!(eu.merge_ref(&us));
    assert!(!eu.merge_ref(&us));
    assert!(!eu.merge(us));
    assert_eq!(eu.value(), 80);
}

#[test]
fn an_increment_returns_the_row_that_it_raised() {
    let mut eu = counter([(EU, 50), (US, 30)]);
    assert_eq!(eu.increment(EU), Ok(counter([(EU, 51)])));
    assert_eq!(eu.get(EU), 51);
    assert_eq!(eu.get(AP), 0);
}

#[test]
fn to_count_nothing_changes_nothing() {
    let mut views = GCounter::new();
    let delta = views.increment_by(EU, 0).expect("in range");
    assert!(delta.is_bottom());
    assert!(views.is_bottom());
}

#[test]
fn an_overflow_is_refused_and_changes_nothing() {
    let mut views = counter([(EU, u64::MAX - 1), (US, 30)]);
    let before = views.clone();
    let refused = views.increment_by(EU, 2).unwrap_err();
    assert_eq!(refused, CounterOverflow { replica: EU, total: u64::MAX - 1, amount: 2 });
    assert_eq!(
        refused.to_string(),
        "replica 00000000-0000-0000-0000-000000000001 has counted 18446744073709551614 and cannot \
         count 2 more, for its total would exceed 18446744073709551615: check the amount, or count \
         under another replica id"
    );
    assert_eq!(views, before);

    views.increment(EU).expect("one more fits");
    views.increment(US).expect("other replicas have totals of their own");
}

#[test]
fn the_sum_of_full_totals_does_not_wrap() {
    let views = counter([(EU, u64::MAX), (US, u64::MAX)]);
    assert_eq!(views.value(), 2 * u128::from(u64::MAX));
}

#[test]
fn iteration_ascends_by_replica() {
    let views = counter([(AP, 7), (EU, 50), (US, 30)]);
    assert!(views.iter().eq([(EU, 50), (US, 30), (AP, 7)]));
}

#[test]
fn a_delta_holds_just_what_the_peer_lacks() {
    let here = counter([(EU, 50), (US, 30), (AP, 7)]);
    let peer = counter([(EU, 50), (US, 20)]);
    assert_eq!(here.delta_since(&peer.digest()), counter([(US, 30), (AP, 7)]));
    assert!(peer.delta_since(&here.digest()).is_bottom());
}

#[test]
fn what_a_merge_brings_is_told() {
    let mut here = counter([(EU, 50), (US, 40)]);
    let novel = here.merge_novel(counter([(EU, 60), (US, 30), (AP, 7)]));
    assert_eq!(novel, counter([(EU, 60), (AP, 7)]));
    assert_eq!(here, counter([(EU, 60), (US, 40), (AP, 7)]));
}

#[test]
fn an_observer_sees_the_new_value_and_the_old() {
    let mut views = counter([(EU, 50)]);
    let mut seen = Vec::new();
    let owned = |change: Change<&u128>| match change {
        Change::Appeared(value) => Change::Appeared(*value),
        Change::Vanished(value) => Change::Vanished(*value),
    };
    assert!(views.merge_observed(counter([(US, 30)]), |change| seen.push(owned(change))));
    assert!(!views.merge_observed(counter([(US, 30)]), |change| seen.push(owned(change))));
    assert_eq!(seen, [Change::Appeared(80), Change::Vanished(50)]);
}

#[test]
fn counts_of_ones_own_that_one_never_made_are_refused() {
    let restored = counter([(EU, 40), (US, 30)]);
    let incoming = counter([(EU, 50)]);
    let admit = |me| restored.admit(&incoming, me, 0, &Limits::default());
    let unknown = AdmitError::OwnWriteUnknown { replica: EU, claimed: 50, held: 40 };
    assert_eq!(admit(EU), Err(unknown));
    assert_eq!(admit(US), Ok(()), "of others they are news");
    assert_eq!(incoming.admit(&restored, EU, 0, &Limits::default()), Ok(()), "older is no claim");
}

#[test]
fn a_person_can_read_it() {
    let views = counter([(EU, 50), (US, 30)]);
    assert_eq!(format!("{views:?}"), "GCounter { value: 80, …0001: 50, …0002: 30 }");
    assert_eq!(format!("{:?}", GCounter::new()), "GCounter { value: 0 }");
}
