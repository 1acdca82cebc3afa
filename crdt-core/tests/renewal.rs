//! What a map holds back until time has caught up, and what it writes anew under another id.

use crdt_core::{Admit, AdmitError, Dot, DotMap, Limits, Merge, ReplicaId};

const ME: ReplicaId = ReplicaId::from_u128(1);
const OTHER: ReplicaId = ReplicaId::from_u128(2);
const ANEW: ReplicaId = ReplicaId::from_u128(3);

type Map = DotMap<char, u64>;

fn values(map: &Map, key: char) -> Vec<u64> {
    map.values(&key).map(|entry| *entry.value()).collect()
}

#[test]
fn a_copy_whose_id_is_in_use_twice_keeps_its_values_and_loses_none_of_the_other_copy_s() {
    let mut backup = Map::new();
    backup.write(ME, 'a', 1);
    backup.write(OTHER, 'b', 1);
    let (mut here, mut there) = (backup.clone(), backup.clone());
    let mark = here.claims_of(ME);
    here.write(ME, 'a', 2);
    here.write(ME, 'c', 3);
    there.write(ME, 'd', 4);
    let differs = here.admit(&there, ME, 0, &Limits::default());
    assert_eq!(differs, Err(AdmitError::OwnWriteDiffers { replica: ME, write: 2 }));

    let delta = here.renew(ME, ANEW, &mark);
    assert_eq!((here.context().max(ME), here.context().max(ANEW)), (1, 2));
    assert_eq!((values(&here, 'a'), values(&here, 'c')), (vec![2], vec![3]));
    here.internal_validate().expect("valid");

    there.merge(delta);
    here.merge(there.clone());
    for (key, value) in [('c', 3), ('d', 4), ('b', 1)] {
        assert_eq!((values(&here, key), values(&there, key)), (vec![value], vec![value]));
    }
}

#[test]
fn what_is_written_anew_stands_beside_what_came_meanwhile() {
    let mut here = Map::new();
    let mark = here.claims_of(ME);
    here.write(ME, 'a', 1);
    let mut elsewhere = Map::new();
    here.merge(elsewhere.write(OTHER, 'a', 2));

    here.renew(ME, ANEW, &mark);
    let dots: Vec<Dot> = here.values(&'a').map(crdt_core::Entry::dot).collect();
    assert_eq!(dots.iter().map(Dot::replica).collect::<Vec<_>>(), [OTHER, ANEW]);
}

#[test]
fn what_is_taken_back_can_be_put_back() {
    let mut here = Map::new();
    for key in ['a', 'b', 'c'] {
        here.write(ME, key, 1);
    }
    here.remove(&'b');
    let before = here.clone();
    let taken = here.take_back(ME, 1);
    assert_eq!(taken.iter().map(crdt_core::Entry::key).collect::<Vec<_>>(), [&'c']);
    assert_eq!(here.context().max(ME), 1, "the dead one is forgotten too");
    here.internal_validate().expect("valid");
    for entry in taken {
        assert!(here.revive(entry.clone()));
        assert!(!here.revive(entry), "it is there");
    }
    assert!(here.contains_key(&'c') && here != before, "who has seen the removal tells of it");
    here.merge(before.clone());
    assert_eq!(here, before);
    assert!(here.take_back(ReplicaId::from_u128(9), 0).is_empty());
}

#[test]
fn a_value_that_waits_leaves_what_it_replaces_where_it_is() {
    let mut here = Map::new();
    let mut there = Map::new();
    let old = there.write(OTHER, 'a', 1);
    here.merge(old);
    there.write(OTHER, 'a', 1_000);
    there.write(OTHER, 'b', 2);
    there.write(OTHER, 'c', 3);
    there.remove(&'c');

    let (now, later) = here.split(there.clone(), |entry| *entry.value() >= 1_000);
    let mut joined = now.clone();
    joined.merge(later.clone());
    assert_eq!(joined, there);
    now.internal_validate().expect("valid");
    later.internal_validate().expect("valid");

    here.merge(now);
    assert_eq!(
        (values(&here, 'a'), values(&here, 'b')),
        (vec![1], vec![2]),
        "no reader sees a gap"
    );
    here.merge(later);
    assert_eq!(here, there);
}
