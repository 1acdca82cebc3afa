//! What a last-writer-wins register does.

use crdt_registers::{
    Admit, AdmitError, Change, Clock, ClockError, Delta, Limits, LwwRegister, LwwRegisterDigest,
    Merge, Observe, Reading, ReplicaId, Timestamp, Wire,
};

const EU: ReplicaId = ReplicaId::from_u128(1);
const US: ReplicaId = ReplicaId::from_u128(2);

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis).expect("within range")
}

fn written(me: ReplicaId, timestamp: Timestamp, value: &str) -> LwwRegister<String> {
    let mut register = LwwRegister::new();
    register.set(me, timestamp, value.into()).expect("not worn out");
    register
}

/// Merges both ways; returns what both then hold.
fn exchanged(mut a: LwwRegister<String>, mut b: LwwRegister<String>) -> String {
    let before = a.clone();
    a.merge(b.clone());
    b.merge_ref(&before);
    assert_eq!(a, b);
    a.get().cloned().expect("written")
}

#[test]
fn the_later_name_wins_everywhere() {
    let eu = written(EU, at(1_000), "Alice");
    let us = written(US, at(1_001), "Alicia");
    assert_eq!(exchanged(eu.clone(), us.clone()), "Alicia");
    assert_eq!(exchanged(us, eu), "Alicia");
}

#[test]
fn of_one_timestamp_the_greater_replica_wins_everywhere() {
    let eu = written(EU, at(1_000), "Zoe");
    let us = written(US, at(1_000), "Alicia");
    assert_eq!(exchanged(eu, us), "Alicia");
}

/// Only a fault gives one stamp to two values. A tie that each side decides for itself would keep
/// them apart for good.
#[test]
fn of_one_stamp_the_greater_bytes_win_everywhere() {
    let one = written(EU, at(1_000), "Alice");
    let other = written(EU, at(1_000), "Bella");
    assert_eq!(exchanged(one.clone(), other.clone()), "Bella");
    assert_eq!(exchanged(other.clone(), one.clone()), "Bella");
    assert_eq!(one.delta_since(&other.digest()), one, "the hash tells that they differ");
    assert_eq!(other.delta_since(&one.digest()), other);
    assert!(other.clone().merge_novel(one.clone()).is_bottom());
    assert_eq!(one.clone().merge_novel(other.clone()), other);
}

/// The clock of us is far behind, and it corrects the name that it sees.
#[test]
fn a_local_write_supersedes_what_the_writer_has_seen_under_a_stale_clock() {
    let mut us = written(EU, at(1_000), "Alice");
    let delta = us.set(US, at(10), "Alicia".into()).expect("not worn out");
    assert_eq!(us.timestamp(), at(1_000).next());
    assert_eq!(exchanged(written(EU, at(1_000), "Alice"), delta), "Alicia");
}

/// Under one stamp the greater bytes would win, and the correction be lost.
#[test]
fn a_local_write_supersedes_ones_own_write_of_the_same_instant() {
    let mut eu = written(EU, at(1_000), "Bella");
    let before = eu.clone();
    let delta = eu.set(EU, at(1_000), "Alice".into()).expect("not worn out");
    assert_eq!(exchanged(before, delta), "Alice");
}

/// The smaller id would lose the tie.
#[test]
fn a_local_write_supersedes_another_of_the_same_instant() {
    let mut eu = written(US, at(1_000), "Alicia");
    let delta = eu.set(EU, at(1_000), "Alice".into()).expect("not worn out");
    assert_eq!(exchanged(written(US, at(1_000), "Alicia"), delta), "Alice");
}

#[test]
fn a_timestamp_that_wins_is_taken_as_it_is() {
    let mut register = written(EU, at(1_000), "Alice");
    register.set(US, at(1_000), "Alicia".into()).expect("not worn out");
    assert_eq!((register.timestamp(), register.writer()), (Some(at(1_000)), Some(US)));
    register.set(EU, at(1_005), "Alice".into()).expect("not worn out");
    assert_eq!((register.timestamp(), register.writer()), (Some(at(1_005)), Some(EU)));
}

#[test]
fn a_clock_that_observes_what_is_merged_is_never_stale() {
    let mut clock = Clock::new();
    let mut us = written(EU, at(1_000), "Alice");
    let seen = us.timestamp().expect("written");
    clock.observe(Reading::wall(990), seen, &Limits::default()).expect("not too far ahead");
    let now = clock.now(Reading::wall(991)).expect("not worn out");
    us.set(US, now, "Alicia".into()).expect("not worn out");
    assert_eq!(us.timestamp(), Some(now));
}

#[test]
fn after_the_last_timestamp_there_is_none() {
    let mut register = written(EU, Timestamp::MAX, "forged");
    let before = register.clone();
    assert_eq!(register.set(EU, at(1_000), "Alice".into()), Err(ClockError::WornOut));
    assert_eq!(register, before);
}

#[test]
fn a_register_never_written_has_no_value() {
    let mut register = LwwRegister::<String>::new();
    assert_eq!((register.get(), register.timestamp(), register.writer()), (None, None, None));
    assert!(register.is_bottom());
    assert!(!register.merge(LwwRegister::new()));
    assert!(register.merge(written(EU, Timestamp::MIN, "the earliest")), "it is below all");
}

#[test]
fn a_peer_is_sent_a_later_write_and_nothing_else() {
    let early = written(EU, at(1_000), "Alice");
    let late = written(US, at(1_001), "Alicia");
    assert_eq!(late.delta_since(&early.digest()), late);
    assert!(early.delta_since(&late.digest()).is_bottom());
    assert!(late.delta_since(&late.digest()).is_bottom());
    assert_eq!(early.delta_since(&LwwRegisterDigest::default()), early);
    let received = LwwRegisterDigest::decode(&early.digest().encode()).expect("canonical");
    assert_eq!(late.delta_since(&received), late);
}

#[test]
fn an_observer_sees_the_new_value_and_the_old() {
    let mut register = LwwRegister::new();
    let mut seen = Vec::new();
    let mut merge = |other| {
        register.merge_observed(other, |change| {
            seen.push(match change {
                Change::Appeared(value) => format!("+{value}"),
                Change::Vanished(value) => format!("-{value}"),
            });
        })
    };
    assert!(merge(written(EU, at(1_000), "Alice")));
    assert!(merge(written(US, at(1_001), "Alicia")));
    assert!(!merge(written(EU, at(1_000), "Alice")));
    assert!(merge(written(US, at(1_002), "Alicia")), "the same value, written again");
    assert_eq!(seen, ["+Alice", "+Alicia", "-Alice"]);
}

#[test]
fn a_timestamp_too_far_ahead_is_refused_and_the_past_never() {
    let held = written(US, at(1_000), "Alicia");
    let limits = Limits::default();
    let admit = |incoming: &LwwRegister<String>| held.admit(incoming, EU, 1_000, &limits);
    assert_eq!(admit(&written(US, at(61_000), "in time")), Ok(()));
    assert_eq!(admit(&written(US, at(0), "long ago")), Ok(()));
    assert_eq!(admit(&LwwRegister::new()), Ok(()));
    let refused = admit(&written(US, at(61_001), "too early")).unwrap_err();
    assert!(matches!(refused, AdmitError::FutureTimestamp { .. }), "{refused}");
}

#[test]
fn a_write_of_ones_own_that_one_never_made_is_refused() {
    let limits = Limits::default();
    let held = written(EU, at(1_000), "Alice");
    let admit = |incoming: &LwwRegister<String>| held.admit(incoming, EU, 2_000, &limits);
    let unknown = |claimed: Timestamp| {
        let (claimed, held) = (claimed.to_bits(), at(1_000).to_bits());
        Err(AdmitError::OwnWriteUnknown { replica: EU, claimed, held })
    };
    assert_eq!(admit(&written(EU, at(1_001), "Alicia")), unknown(at(1_001)));
    let differs = AdmitError::OwnWriteDiffers { replica: EU, write: at(1_000).to_bits() };
    assert_eq!(admit(&written(EU, at(1_000), "Alicia")), Err(differs));
    assert_eq!(admit(&written(EU, at(1_000), "Alice")), Ok(()));
    assert_eq!(admit(&written(EU, at(999), "Al")), Ok(()), "superseded since");
    assert_eq!(admit(&written(US, at(1_001), "Alicia")), Ok(()), "of others it is news");
    let restored = LwwRegister::<String>::new();
    assert!(restored.admit(&held, EU, 2_000, &limits).is_err());
}

/// At one timestamp the write of the greater id is the one that stays; that of the smaller may have
/// been made here before.
#[test]
fn a_write_of_ones_own_below_what_is_held_is_admitted() {
    let limits = Limits::default();
    let held = written(US, at(1_000), "Alicia");
    let mine = written(EU, at(1_000), "Alice");
    assert_eq!(held.admit(&mine, EU, 1_000, &limits), Ok(()));
    assert!(mine.admit(&held, US, 1_000, &limits).is_err());
}

#[test]
fn a_person_can_read_it() {
    let register = written(EU, at(1_000), "Alice");
    assert_eq!(format!("{register:?}"), r#"LwwRegister("Alice" at 1000.0 by …0001)"#);
    assert_eq!(format!("{:?}", LwwRegister::<u8>::new()), "LwwRegister(never written)");
}

/// As the documentation says.
#[test]
fn a_digest_takes_59_bytes() {
    assert_eq!(written(EU, at(1_000), &"long ".repeat(100)).digest().encode().len(), 59);
}

#[test]
fn a_write_made_under_an_id_in_use_twice_is_made_anew() {
    let (me, anew) = (ReplicaId::from_u128(1), ReplicaId::from_u128(9));
    let at = |millis: u64| Timestamp::from_bits(millis << 16);
    let mut register = LwwRegister::new();
    register.set(me, at(1), 1).expect("not worn out");
    let mark = register.claims_of(me);
    assert_eq!(register.renew(me, anew, &mark), LwwRegister::new(), "nothing since the mark");
    register.set(me, at(2), 2).expect("not worn out");
    let delta = register.renew(me, anew, &mark);
    assert_eq!((&delta, delta.writer(), delta.timestamp()), (&register, Some(anew), Some(at(2))));
    assert_eq!(register.newest(), Some(at(2)));
}

#[test]
fn a_write_from_a_clock_far_ahead_waits_whole() {
    let (here, mut theirs) = (LwwRegister::new(), LwwRegister::new());
    let far = Timestamp::from_bits(100_000 << 16);
    theirs.set(ReplicaId::from_u128(1), far, 1).expect("not worn out");
    let limits = Limits::default();
    let early = here.separate(theirs.clone(), 0, &limits);
    assert_eq!((early.now, early.later), (LwwRegister::new(), Some((theirs.clone(), far))));
    let in_time = here.separate(theirs.clone(), 50_000, &limits);
    assert_eq!((in_time.now, in_time.later), (theirs, None));
}

/// A clock that went back had a register wait for what it held itself.
#[test]
fn a_write_from_a_clock_far_ahead_that_is_here_does_not_wait() {
    let mut here = LwwRegister::new();
    here.set(ReplicaId::from_u128(1), Timestamp::from_bits(100_000 << 16), 1)
        .expect("not worn out");
    let limits = Limits::default();
    let earlier = {
        let mut earlier = LwwRegister::new();
        let stamp = Timestamp::from_bits(90_000 << 16);
        earlier.set(ReplicaId::from_u128(2), stamp, 2).expect("not worn out");
        earlier
    };
    for known in [here.clone(), earlier] {
        here.admit(&known, ReplicaId::from_u128(3), 0, &limits).expect("nothing to wait for");
        let apart = here.separate(known.clone(), 0, &limits);
        assert_eq!((apart.now, apart.later), (known, None));
    }
}
