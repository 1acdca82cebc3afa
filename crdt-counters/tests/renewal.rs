//! Counts that are made anew under another id, when the first turns out to be in use twice.

use crdt_counters::{Admit, GCounter, Merge, PnCounter, ReplicaId, ResettableCounter};

const ME: ReplicaId = ReplicaId::from_u128(1);
const ANEW: ReplicaId = ReplicaId::from_u128(2);

#[test]
fn what_was_counted_since_the_mark_moves_and_nothing_is_counted_twice() {
    let mut backup = GCounter::new();
    backup.increment_by(ME, 10).expect("few");
    let (mut here, mut there) = (backup.clone(), backup);
    let mark = here.claims_of(ME);
    here.increment_by(ME, 5).expect("few");
    there.increment_by(ME, 7).expect("few");

    let delta = here.renew(ME, ANEW, &mark);
    assert_eq!((here.get(ME), here.get(ANEW), delta.get(ANEW)), (10, 5, 5));
    there.merge(delta);
    here.merge(there.clone());
    assert_eq!((here.value(), there.value()), (22, 22));
    assert_eq!(here.renew(ME, ANEW, &here.claims_of(ME)), GCounter::new(), "nothing since");
}

#[test]
fn both_sides_of_a_counter_move() {
    let mut likes = PnCounter::new();
    likes.increment_by(ME, 3).expect("few");
    let mark = likes.claims_of(ME);
    likes.increment_by(ME, 4).expect("few");
    likes.decrement_by(ME, 2).expect("few");
    likes.renew(ME, ANEW, &mark);
    assert_eq!((likes.value(), likes.get(ME), likes.get(ANEW)), (5, 3, 2));
}

#[test]
fn what_has_been_reset_is_not_counted_anew() {
    for (before, reset_after, since) in [(3, 0, 4), (3, 4, 5), (0, 2, 0), (5, 5, 1)] {
        let mut unread = ResettableCounter::new();
        unread.increment_by(ME, before).expect("few");
        let mark = unread.claims_of(ME);
        unread.increment_by(ME, reset_after).expect("few");
        unread.reset();
        unread.increment_by(ME, since).expect("few");
        unread.decrement_by(ME, 1).expect("few");
        let value = unread.value();
        unread.renew(ME, ANEW, &mark);
        assert_eq!(unread.value(), value, "{before} {reset_after} {since}");
        let mut at_mark = ResettableCounter::new();
        at_mark.increment_by(ME, before).expect("few");
        assert_eq!(at_mark.admit(&unread, ME, 0, &crdt_counters::Limits::default()), Ok(()));
    }
}
