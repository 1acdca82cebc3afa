//! What a grow-only set does.

use crdt_sets::wire::DecodeErrorKind;
use crdt_sets::{
    Admit, Change, ContentKey, Delta, GSet, GSetDigest, Limits, Merge, Observe, ReplicaId, Wire,
};

fn set<const N: usize>(elements: [&str; N]) -> GSet<String> {
    elements.into_iter().map(String::from).collect()
}

#[test]
fn tags_of_two_regions_unite() {
    let mut eu = GSet::new();
    eu.add("urgent".to_string());
    let mut us = GSet::new();
    let delta = us.add("billing".to_string());
    assert!(eu.merge(delta));
    assert_eq!(eu, set(["urgent", "billing"]));
    assert!(eu.contains("billing"));
    assert!(!eu.contains("spam"));
    assert_eq!(eu.len(), 2);
}

#[test]
fn to_add_what_is_there_changes_nothing() {
    let mut tags = set(["urgent"]);
    assert!(tags.add("urgent".into()).is_bottom());
    assert!(!tags.merge(set(["urgent"])));
    assert!(!tags.merge_ref(&set(["urgent"])));
    assert!(!tags.merge(GSet::new()));
}

#[test]
fn many_elements_are_one_delta_of_those_that_were_new() {
    let mut tags = set(["urgent"]);
    let delta = tags.add_all(["urgent", "billing", "spam", "spam"].map(String::from));
    assert_eq!(delta, set(["billing", "spam"]));
    assert_eq!(tags, set(["urgent", "billing", "spam"]));
}

#[test]
fn elements_come_in_ascending_order() {
    let tags = set(["urgent", "billing", "spam"]);
    assert!(tags.iter().eq(["billing", "spam", "urgent"]));
    assert!((&tags).into_iter().eq(tags.iter()));
    assert!(tags.into_iter().eq(["billing", "spam", "urgent"].map(String::from)));
}

#[test]
fn it_extends_like_a_set_of_the_standard_library() {
    let mut tags = set(["urgent"]);
    tags.extend(["urgent", "billing"].map(String::from));
    assert_eq!(tags, set(["urgent", "billing"]));
}

/// Small into large, large into small, and sizes between go different ways to the same union.
#[test]
fn sets_of_all_sizes_unite() {
    let multiples = |step: u32, most: u32| (0..most).step_by(step as usize).collect::<GSet<_>>();
    let sets = [1, 2, 3, 7, 50, 999].map(|step| multiples(step, 1_000));
    for mine in &sets {
        for theirs in &sets {
            let union: GSet<u32> = mine.iter().chain(theirs).copied().collect();
            let novel: GSet<u32> = theirs.iter().filter(|e| !mine.contains(e)).copied().collect();

            let mut merged = mine.clone();
            assert_eq!(merged.merge(theirs.clone()), !novel.is_empty());
            assert_eq!(merged, union);

            let mut merged = mine.clone();
            assert_eq!(merged.merge_ref(theirs), !novel.is_empty());
            assert_eq!(merged, union);

            let mut merged = mine.clone();
            assert_eq!(merged.merge_novel(theirs.clone()), novel);
            assert_eq!(merged, union);

            let (mut merged, mut appeared) = (mine.clone(), Vec::new());
            let changed = merged.merge_observed(theirs.clone(), |change| match change {
                Change::Appeared(element) => appeared.push(*element),
                Change::Vanished(_) => panic!("nothing vanishes from a grow-only set"),
            });
            assert_eq!(changed, !novel.is_empty());
            assert_eq!(merged, union);
            assert!(novel.iter().eq(&appeared), "in ascending order, each once");

            assert_eq!(theirs.delta_since(&mine.digest()), novel);
        }
    }
}

#[test]
fn a_peer_that_has_nothing_gets_everything() {
    let tags = set(["urgent", "billing"]);
    assert_eq!(tags.delta_since(&GSetDigest::default()), tags);
    assert_eq!(tags.delta_since(&GSet::<String>::new().digest()), tags);
}

#[test]
fn digests_travel() {
    let digest = set(["urgent", "billing"]).digest();
    let received = GSetDigest::decode(&digest.encode()).expect("canonical");
    assert_eq!(received, digest);
    assert_eq!(set(["urgent", "spam"]).delta_since(&received), set(["spam"]));
}

/// A key that were the same each time would let a peer search for colliding elements at leisure.
#[test]
fn every_digest_has_a_key_of_its_own() {
    let tags = set(["urgent"]);
    assert_ne!(tags.digest(), tags.digest());
    let key = ContentKey::from_u128(7);
    assert_eq!(tags.digest_with(key), tags.digest_with(key));
}

#[test]
fn a_digest_whose_hashes_are_not_ascending_is_refused() {
    let mut bytes = vec![1];
    bytes.extend([0; 16]);
    bytes.push(2);
    bytes.extend([5; 32]);
    let refused = GSetDigest::decode(&bytes).unwrap_err();
    assert_eq!(refused.kind(), &DecodeErrorKind::OutOfOrder);
}

#[test]
fn every_set_is_admitted() {
    let me = ReplicaId::from_u128(1);
    assert_eq!(set([]).admit(&set(["urgent"]), me, 0, &Limits::default()), Ok(()));
}

#[test]
fn a_person_can_read_it() {
    assert_eq!(format!("{:?}", set(["urgent", "billing"])), r#"{"billing", "urgent"}"#);
}
