//! Work that grows with what there is, and no faster. Nothing here is timed; each of these took
//! minutes when it grew with the square.

use crdt_core::wire::{Budget, DecodeErrorKind};
use crdt_core::{CausalContext, Delta, Dot, DotMap, DotMapDigest, Entry, Merge, ReplicaId, Wire};

const A: ReplicaId = ReplicaId::from_u128(1);
const B: ReplicaId = ReplicaId::from_u128(2);

fn dot(replica: ReplicaId, counter: u64) -> Dot {
    Dot::new(replica, counter).expect("within range")
}

fn killing(dots: impl IntoIterator<Item = Dot>) -> DotMap<u32, ()> {
    DotMap::from_parts(dots.into_iter().collect(), []).expect("no entries")
}

/// One replica writes a key again and again, and every second delta is lost.
#[test]
fn many_live_dots_of_one_key() {
    let dots: Vec<Dot> = (1..=200_000).map(|n| dot(A, 2 * n)).collect();
    let entries = dots.iter().map(|dot| Entry::new(*dot, 7, ()));
    let mut map = DotMap::<u32, ()>::from_parts(dots.iter().copied().collect(), entries).unwrap();
    assert_eq!(map.keys().collect::<Vec<_>>(), [&7]);
    assert_eq!((map.len(), map.values(&7).count()), (1, 200_000));

    let mut merged = map.clone();
    assert!(merged.merge(killing(dots.iter().copied().step_by(2))));
    assert_eq!(merged.values(&7).count(), 100_000);
    merged.internal_validate().unwrap();

    let removed = map.remove(&7);
    assert!(map.is_empty());
    assert_eq!(removed.context().len(), 200_000);
}

#[test]
fn a_digest_with_many_gaps() {
    let all_dead = killing((1..=400_000).map(|n| dot(A, n)));
    let live = (1..=200_000).map(|n| dot(A, 2 * n));
    let live: Vec<_> = live.map(|dot| Entry::new(dot, 7, ())).collect();
    let seen = live.iter().map(Entry::dot).collect();
    let peer = DotMap::<u32, ()>::from_parts(seen, live).unwrap();
    let digest = DotMapDigest::decode(&peer.digest().encode()).unwrap();
    assert_eq!(all_dead.delta_since(&digest), all_dead);
    assert_eq!(peer.clone().merge_novel(all_dead.clone()), all_dead);
}

#[test]
fn removals_in_any_order() {
    let mut map = DotMap::<u32, ()>::new();
    map.write_all(A, (0..200_000).map(|key| (key, ())));
    let scattered: Vec<u32> = (0..100_000).rev().map(|n| 2 * n).collect();
    let delta = map.remove_all(&scattered);
    assert_eq!(delta.context().runs(A).count(), 100_000);
    assert_eq!(map.len(), 100_000);
}

#[test]
fn many_replicas() {
    let of = |odd: u128| {
        let dots = (0..50_000).map(move |n| dot(ReplicaId::from_u128(2 * n + odd), 1));
        let entries: Vec<_> = (0..).zip(dots).map(|(key, dot)| Entry::new(dot, key, ())).collect();
        let seen: CausalContext = entries.iter().map(Entry::dot).collect();
        DotMap::<u32, ()>::from_parts(seen, entries).unwrap()
    };
    let (mut here, there) = (of(1), of(2));
    assert!(here.merge_ref(&there));
    assert_eq!(here.entries().len(), 100_000);
    here.merge(killing(there.entries().map(Entry::dot)));
    assert_eq!(here.entries().len(), 50_000);
    here.internal_validate().unwrap();
}

#[test]
fn what_was_removed_gives_its_room_back() {
    let mut map = DotMap::<u32, ()>::new();
    map.write_all(A, (0..10_000).map(|key| (key, ())));
    map.write_all(B, (0..5_000).map(|key| (key, ())));
    map.retain(|entry| entry.key() % 100 == 0);
    map.internal_validate().unwrap();
    let left: Vec<u32> = (50..100).chain(0..50).map(|n| 100 * n).collect();
    assert!(map.keys().eq(&left), "in the order of dots");
    assert!(map.contains_key(&9_900) && !map.contains_key(&9_901));
    assert_eq!(DotMap::decode(&map.encode()).as_ref(), Ok(&map));
}

/// One writer of a flag, every second delta lost: more live dots than bytes.
#[test]
fn keys_and_values_without_bytes_read_back() {
    let mut flag = DotMap::<(), ()>::new();
    let mut peer = DotMap::<(), ()>::new();
    for write in 0..2_000 {
        let delta = flag.write(A, (), ());
        if write % 2 == 0 {
            peer.merge(delta);
        }
    }
    assert_eq!(peer.entries().len(), 1_000);
    let bytes = peer.encode();
    assert!(bytes.len() < 5_000);
    assert_eq!(DotMap::decode(&bytes), Ok(peer));
    assert_eq!(Vec::<()>::decode(&vec![(); 1_000].encode()), Ok(vec![(); 1_000]));
}

/// Gaps between live dots are bits in the bytes, and are not counted as runs.
#[test]
fn a_large_set_half_of_which_was_removed_reads_back() {
    let mut map = DotMap::<u32, ()>::new();
    map.write_all(A, (0..10_000).map(|key| (key, ())));
    map.retain(|entry| entry.key() % 2 == 0);
    let few = Budget::default().with_runs(10);
    assert_eq!(DotMap::decode_within(&map.encode(), &few), Ok(map.clone()));

    let digest = map.digest().encode();
    let refused = DotMapDigest::decode_within(&digest, &few).unwrap_err();
    assert_eq!(refused.kind(), &DecodeErrorKind::OverBudget("runs"));
    assert_eq!(DotMapDigest::decode_within(&digest, &Budget::unbounded()), Ok(map.digest()));
}

/// Only a forged state can have used up an id; it must have been merged without `admit`.
#[test]
fn an_id_whose_counters_are_used_up_writes_nothing() {
    let mut map =
        DotMap::<u32, u32>::from_parts([dot(A, Dot::MAX_COUNTER)].into_iter().collect(), [])
            .unwrap();
    assert_eq!(map.context().next(A), None);
    let before = map.clone();
    assert!(map.write(A, 1, 1).is_bottom());
    assert_eq!(map, before);
    map.write(B, 1, 1);
    assert_eq!(DotMap::decode(&map.encode()), Ok(map));
}
