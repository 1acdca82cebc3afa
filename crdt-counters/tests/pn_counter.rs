//! What a counter does that goes both ways.

use crdt_counters::{
    Admit, AdmitError, Change, CounterOverflow, Delta, Limits, Merge, Observe, PnCounter, ReplicaId,
};

const EU: ReplicaId = ReplicaId::from_u128(1);
const US: ReplicaId = ReplicaId::from_u128(2);

fn counter<const N: usize>(totals: [(ReplicaId, u64, u64); N]) -> PnCounter {
    let mut counter = PnCounter::new();
    for (replica, increments, decrements) in totals {
        counter.increment_by(replica, increments).expect("in range");
        counter.decrement_by(replica, decrements).expect("in range");
    }
    counter
}

#[test]
fn likes_come_and_go() {
    let mut likes = PnCounter::new();
    likes.increment_by(EU, 100).expect("in range");
    let mut elsewhere = PnCounter::new();
    let delta = elsewhere.decrement_by(US, 3).expect("in range");
    assert!(likes.merge(delta));
    assert_eq!(likes.value(), 97);
    assert_eq!(likes.get(EU), 100);
    assert_eq!(likes.get(US), -3);
    assert!(likes.iter().eq([(EU, 100), (US, -3)]));
}

#[test]
fn the_value_may_fall_below_zero() {
    let mut stock = counter([(EU, 1, 1)]);
    stock.merge(counter([(US, 0, 1)]));
    assert_eq!(stock.value(), -1);
}

#[test]
fn a_mutation_returns_the_total_that_it_raised() {
    let mut likes = counter([(EU, 100, 3)]);
    assert_eq!(likes.decrement(EU), Ok(counter([(EU, 0, 4)])));
    assert_eq!(likes.increment(EU), Ok(counter([(EU, 101, 0)])));
    assert_eq!(likes.value(), 97);
}

/// A delta that carries the increments with the decrements they came with would send what the
/// peer has.
#[test]
fn a_delta_holds_just_the_side_that_the_peer_lacks() {
    let here = counter([(EU, 100, 4), (US, 1, 1)]);
    let peer = counter([(EU, 100, 3), (US, 1, 0)]);
    assert_eq!(here.delta_since(&peer.digest()), counter([(EU, 0, 4), (US, 0, 1)]));
    assert_eq!(peer.clone().merge_novel(here), counter([(EU, 0, 4), (US, 0, 1)]));
}

#[test]
fn each_side_overflows_by_itself_and_changes_nothing() {
    let mut likes = counter([(EU, u64::MAX, 3)]);
    let before = likes.clone();
    let refused = likes.increment(EU).unwrap_err();
    assert_eq!(refused, CounterOverflow { replica: EU, total: u64::MAX, amount: 1 });
    let refused = likes.decrement_by(EU, u64::MAX).unwrap_err();
    assert_eq!(refused, CounterOverflow { replica: EU, total: 3, amount: u64::MAX });
    assert_eq!(likes, before);
    likes.decrement_by(EU, u64::MAX - 3).expect("the other side has room");
    assert_eq!(likes.value(), 0);
}

#[test]
fn the_sum_of_full_totals_does_not_wrap() {
    let full = i128::from(u64::MAX);
    assert_eq!(counter([(EU, u64::MAX, 0), (US, u64::MAX, 0)]).value(), 2 * full);
    assert_eq!(counter([(EU, 0, u64::MAX), (US, 0, u64::MAX)]).value(), -2 * full);
}

#[test]
fn an_observer_sees_nothing_where_the_value_stays() {
    let mut likes = counter([(EU, 100, 3)]);
    let mut changes = 0;
    assert!(likes.merge_observed(counter([(US, 5, 5)]), |_| changes += 1), "the state did change");
    assert_eq!(changes, 0);
    let mut seen = Vec::new();
    likes.merge_observed(counter([(US, 6, 5)]), |change| {
        seen.push(match change {
            Change::Appeared(value) => (true, *value),
            Change::Vanished(value) => (false, *value),
        });
    });
    assert_eq!(seen, [(true, 98), (false, 97)]);
}

#[test]
fn counts_of_ones_own_that_one_never_made_are_refused_on_both_sides() {
    let mine = counter([(EU, 100, 3)]);
    let admit = |incoming| mine.admit(&incoming, EU, 0, &Limits::default());
    let unknown = |claimed, held| Err(AdmitError::OwnWriteUnknown { replica: EU, claimed, held });
    assert_eq!(admit(counter([(EU, 101, 0)])), unknown(101, 100));
    assert_eq!(admit(counter([(EU, 100, 4)])), unknown(4, 3));
    assert_eq!(admit(counter([(EU, 100, 3), (US, 9, 9)])), Ok(()));
}

#[test]
fn a_person_can_read_it() {
    let likes = counter([(EU, 100, 0), (US, 0, 3)]);
    assert_eq!(format!("{likes:?}"), "PnCounter { value: 97, …0001: +100 -0, …0002: +0 -3 }");
}
