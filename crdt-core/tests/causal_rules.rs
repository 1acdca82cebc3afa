//! The rules of causal types that the field learned the hard way, each as the run that teaches it.

use crdt_core::{
    Admit, AdmitError, CausalContext, Delta, Dot, DotMap, Entry, Limits, Merge, ReplicaId,
};

const A: ReplicaId = ReplicaId::from_u128(1);
const B: ReplicaId = ReplicaId::from_u128(2);

type Map = DotMap<String, u8>;

fn dot(replica: ReplicaId, counter: u64) -> Dot {
    Dot::new(replica, counter).expect("within range")
}

fn keys(map: &Map) -> Vec<&str> {
    let mut keys: Vec<_> = map.keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// Rule 1. A maximum per replica would take the second delta as proof of the first, lose the first
/// when it arrives, and remove it where it had arrived.
#[test]
fn rule_1_a_context_with_a_hole_is_exact() {
    let mut origin = Map::new();
    let first = origin.write(A, "first".into(), 0);
    let second = origin.write(A, "second".into(), 0);

    let mut late = Map::new();
    late.merge(second);
    assert_eq!(late.context().runs(A).collect::<Vec<_>>(), [2..=2]);
    let mut early = Map::new();
    early.merge(first.clone());
    early.merge(late.clone());
    assert_eq!(keys(&early), ["first", "second"], "what `late` has not seen stays");

    late.merge(first);
    assert_eq!(late, origin);
    assert_eq!(early, origin);
}

#[test]
fn rule_1_deltas_commute_in_every_order() {
    let mut origin = Map::new();
    let deltas = [
        origin.write(A, "x".into(), 1),
        origin.write(A, "x".into(), 2),
        origin.remove("x"),
        origin.write(A, "y".into(), 3),
        origin.write(A, "x".into(), 4),
    ];
    let mut order = [0, 1, 2, 3, 4];
    permutations(&mut order, 5, &mut |order| {
        let mut state = Map::new();
        for place in order {
            state.merge(deltas[*place].clone());
            state.internal_validate().unwrap();
        }
        assert_eq!(state, origin, "in the order {order:?}");
    });
}

fn permutations(order: &mut [usize], open: usize, visit: &mut impl FnMut(&[usize])) {
    if open <= 1 {
        return visit(order);
    }
    for place in 0..open {
        order.swap(place, open - 1);
        permutations(order, open - 1, visit);
        order.swap(place, open - 1);
    }
}

/// Rule 2. With the sender's full context, a partial delta would delete what it merely omits.
#[test]
fn rule_2_a_partial_delta_carries_only_the_dots_it_is_about() {
    let mut here = Map::new();
    here.write(A, "kept".into(), 0);
    let mut there = here.clone();
    let written = here.write(A, "kept".into(), 1);
    assert_eq!(*written.context(), [dot(A, 1), dot(A, 2)].into_iter().collect(), "killed, minted");
    let removed = here.remove("kept");
    assert_eq!(*removed.context(), CausalContext::from_iter([dot(A, 2)]), "killed only");

    here.write(A, "other".into(), 0);
    there.merge(written);
    let delta = here.delta_since(&there.digest());
    assert_eq!(*delta.context(), [dot(A, 2), dot(A, 3)].into_iter().collect());
    let mut bystander = Map::new();
    bystander.write(B, "mine".into(), 0);
    bystander.merge(delta);
    assert_eq!(keys(&bystander), ["mine", "other"]);
}

/// Rule 3. A removal leaves the context as it was, so contexts alone do not say what a peer lacks.
#[test]
fn rule_3_equal_contexts_do_not_mean_equal_states() {
    let mut here = Map::new();
    here.write(A, "x".into(), 0);
    let mut there = here.clone();
    here.remove("x");
    assert_eq!(here.context(), there.context());
    assert_ne!(here, there);

    let delta = here.delta_since(&there.digest());
    assert!(there.merge(delta), "the digest says what is live");
    assert_eq!(here, there);
}

/// Rule 3, where a log of kills keyed by the dots seen is wrong for good.
#[test]
fn rule_3_a_lost_re_add_does_not_hide_what_it_killed() {
    let mut origin = Map::new();
    let added = origin.write(A, "x".into(), 1);
    let _lost = origin.write(A, "x".into(), 2);
    let removed = origin.remove("x");

    let mut peer = Map::new();
    peer.merge(added);
    peer.merge(removed);
    assert_eq!(keys(&peer), ["x"], "the removal is that of the re-add, not of the first add");
    peer.merge(origin.delta_since(&peer.digest()));
    assert_eq!(peer, origin);
    assert!(peer.is_empty());
}

/// Rule 4, as far as a crate without a store goes: a copy that was restored, or that shares its
/// id, is found out by its own writes.
#[test]
fn rule_4_an_own_write_that_was_never_made_is_refused() {
    let mut original = Map::new();
    original.write(A, "x".into(), 0);
    let mut copy = original.clone();
    original.write(A, "y".into(), 0);

    let limits = Limits::default();
    let refused = copy.admit(&original, A, 0, &limits).unwrap_err();
    assert_eq!(refused, AdmitError::OwnWriteUnknown { replica: A, claimed: 2, held: 1 });

    // It wrote before it heard: the same dot now names two writes.
    copy.write(A, "z".into(), 0);
    let refused = copy.admit(&original, A, 0, &limits).unwrap_err();
    assert_eq!(refused, AdmitError::OwnWriteDiffers { replica: A, write: 2 });

    // Under a new id it holds what it had, and what it writes collides with nothing.
    let mut renewed = copy.clone();
    renewed.admit(&original, B, 0, &limits).unwrap();
    renewed.write(B, "z".into(), 0);
    renewed.merge(original);
    assert!(renewed.contains_key("z"));
}

/// Rule 4: a copy that claims the writes it has been told of, so as to count on after them, deletes
/// them at everyone who has them.
#[test]
fn rule_4_skipping_ahead_of_unknown_own_writes_would_delete_them() {
    let mut original = Map::new();
    original.write(A, "x".into(), 0);
    let restored = original.clone();
    original.write(A, "y".into(), 0);

    // What not to do: take the dots for seen, without what was written there.
    let mut skipping =
        Map::from_parts(original.context().clone(), restored.entries().cloned()).unwrap();
    skipping.write(A, "z".into(), 0);
    let mut peer = original.clone();
    peer.merge(skipping);
    assert!(!peer.contains_key("y"), "gone, without a removal");

    // What to do: write on under a new id.
    let mut renewed = restored;
    renewed.write(B, "z".into(), 0);
    original.merge(renewed);
    assert_eq!(keys(&original), ["x", "y", "z"]);
}

#[test]
fn a_dot_with_two_contents_resolves_to_the_greater_bytes_everywhere() {
    let seen: CausalContext = [dot(A, 1)].into_iter().collect();
    let with = |key: &str, value| {
        let entry = Entry::new(dot(A, 1), key.to_owned(), value);
        Map::from_parts(seen.clone(), [entry]).unwrap()
    };
    let contents = [with("a", 1), with("a", 2), with("b", 0)];
    for one in &contents {
        for other in &contents {
            let (mut here, mut there) = (one.clone(), other.clone());
            here.merge_ref(other);
            let novel = there.merge_novel(one.clone());
            assert_eq!(here, there);
            here.internal_validate().unwrap();
            let mut again = other.clone();
            again.merge(novel);
            assert_eq!(again, there, "what was novel has the same effect");
        }
    }
    let mut all = Map::new();
    for content in &contents {
        all.merge_ref(content);
    }
    assert_eq!(all, contents[2], "the greater key");
    let dead = Map::from_parts(seen, []).unwrap();
    all.merge(dead.clone());
    assert_eq!(all, dead, "dead is dead, whatever it was");
}

#[test]
fn a_removal_that_arrives_before_its_addition_works() {
    let mut origin = Map::new();
    let added = origin.write(A, "x".into(), 0);
    let removed = origin.remove("x");
    let mut peer = Map::new();
    peer.merge(removed);
    assert!(!peer.merge(added), "already dead");
    assert_eq!(peer, origin);
}

#[test]
fn a_no_op_returns_bottom() {
    let mut map = Map::new();
    assert!(map.remove("absent").is_bottom());
    assert!(map.clear().is_bottom());
    assert!(map.retain(|_| false).is_bottom());
    assert!(map.write_all(A, []).is_bottom());
    assert!(map.is_bottom());
}

#[test]
fn of_writes_to_one_key_in_one_delta_the_last_stays() {
    let mut map = Map::new();
    let delta = map.write_all(A, [("x".into(), 1), ("y".into(), 2), ("x".into(), 3)]);
    assert_eq!(delta, map);
    assert_eq!(map.values("x").map(|entry| *entry.value()).collect::<Vec<_>>(), [3]);
    assert_eq!(map.context().runs(A).collect::<Vec<_>>(), [1..=3]);
}
