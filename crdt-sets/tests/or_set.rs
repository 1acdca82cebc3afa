//! What an application sees of an observed-remove set.

use crdt_sets::{
    Admit, AdmitError, Change, Delta, DotMapDigest, Limits, Merge, Observe, OrSet, ReplicaId, Wire,
};

const EU: ReplicaId = ReplicaId::from_u128(1);
const US: ReplicaId = ReplicaId::from_u128(2);

fn sorted(set: &OrSet<String>) -> Vec<&str> {
    let mut elements: Vec<_> = set.iter().map(String::as_str).collect();
    elements.sort_unstable();
    elements
}

fn of(me: ReplicaId, elements: &[&str]) -> OrSet<String> {
    let mut set = OrSet::new();
    set.add_all(me, elements.iter().map(ToString::to_string));
    set
}

/// EU adds A while US, which had seen an earlier A, removes it.
#[test]
fn a_cart_keeps_what_was_added_while_it_was_removed() {
    let mut eu = of(EU, &["A"]);
    let mut us = eu.clone();
    let removed = us.remove("A");
    let added = eu.add(EU, "A".into());
    eu.merge(removed);
    us.merge(added);
    assert_eq!(sorted(&eu), ["A"]);
    assert_eq!(eu, us);
}

#[test]
fn a_removal_takes_what_it_has_seen() {
    let mut eu = of(EU, &["A"]);
    let mut us = eu.clone();
    eu.merge(us.remove("A"));
    assert!(eu.is_empty() && us.is_empty());
    assert!(!eu.is_bottom(), "it knows of the removal");
    eu.add(EU, "A".into());
    assert!(eu.contains("A"), "added anew");
}

#[test]
fn concurrent_additions_are_one_element() {
    let mut eu = of(EU, &["A"]);
    eu.merge(of(US, &["A"]));
    assert_eq!(eu.len(), 1);
    assert_eq!(eu.iter().count(), 1);
    let both = eu.remove("A");
    let mut us = of(US, &["A"]);
    us.merge(both);
    assert!(us.is_empty());
}

#[test]
fn tombstones_do_not_pile_up() {
    let mut set = of(EU, &["stays"]);
    let before = set.encode().len();
    for _ in 0..1_000 {
        set.add(EU, "comes and goes".into());
        set.remove("comes and goes");
    }
    assert!(set.encode().len() <= before + 2, "two longer integers, for a thousand removals");
}

#[test]
fn clear_and_retain_are_one_delta_each() {
    let mut eu = of(EU, &["a", "b", "c"]);
    let mut us = eu.clone();
    let retained = eu.retain(|element| element != "b");
    us.merge(retained);
    assert_eq!(sorted(&us), ["a", "c"]);
    us.add(US, "d".into());
    us.merge(eu.clear());
    assert_eq!(sorted(&us), ["d"], "the concurrent addition survives");
}

#[test]
fn many_at_once_are_one_delta() {
    let mut eu = OrSet::new();
    let added = eu.add_all(EU, (0..100).map(|n| n.to_string()));
    assert_eq!(added, eu);
    let removed = eu.remove_all((0..50).map(|n| n.to_string()).collect::<Vec<_>>().iter());
    let mut us = added;
    us.merge(removed);
    assert_eq!(us.len(), 50);
    assert_eq!(us, eu);
}

#[test]
fn an_observer_hears_of_elements_not_of_dots() {
    let mut eu = of(EU, &["kept", "renewed", "removed"]);
    let mut us = eu.clone();
    us.add(US, "renewed".into());
    us.remove("removed");
    us.add(US, "new".into());
    us.add(US, "and gone".into());
    us.remove("and gone");

    let mut heard = Vec::new();
    let changed = eu.merge_observed(us.clone(), |change| {
        heard.push(match change {
            Change::Appeared(element) => format!("+{element}"),
            Change::Vanished(element) => format!("-{element}"),
        });
    });
    assert!(changed);
    assert_eq!(heard, ["+new", "-removed"]);
    assert_eq!(eu, us);

    let again = eu.merge_observed(us, |_| panic!("nothing is new"));
    assert!(!again);
}

#[test]
fn an_observer_of_the_empty_set_hears_everything_once() {
    let mut both = of(EU, &["a", "b"]);
    both.merge(of(US, &["b", "c"]));
    let mut heard = Vec::new();
    OrSet::new().merge_observed(both, |change| heard.push(format!("{change:?}")));
    assert_eq!(heard, [r#"Appeared("a")"#, r#"Appeared("b")"#, r#"Appeared("c")"#]);
}

#[test]
fn equal_sets_iterate_alike_whatever_the_way() {
    let (eu, us) = (of(EU, &["x", "y", "z"]), of(US, &["z", "w"]));
    let mut one = eu.clone();
    one.merge(us.clone());
    let mut other = us;
    other.merge(eu);
    assert!(one.iter().eq(&other));
    assert_eq!(one.iter().len(), 4);
    assert_eq!(format!("{one:?}"), format!("{other:?}"));
    assert_eq!(format!("{:?}", of(EU, &["x"])), r#"{"x"}"#);
}

#[test]
fn elements_are_had_by_reference_and_by_value() {
    let mut both = of(EU, &["a", "b"]);
    both.merge(of(US, &["b", "c"]));
    let mut by_reference = Vec::new();
    for element in &both {
        by_reference.push(element.clone());
    }
    assert_eq!(by_reference, ["a", "b", "c"]);
    assert!(both.into_iter().eq(by_reference));
}

#[test]
fn a_state_that_claims_my_writes_is_not_admitted() {
    let mut eu = of(EU, &["a"]);
    let restored = OrSet::<String>::new();
    let limits = Limits::default();
    let refused = restored.admit(&eu, EU, 0, &limits).unwrap_err();
    assert_eq!(refused, AdmitError::OwnWriteUnknown { replica: EU, claimed: 1, held: 0 });
    assert!(refused.to_string().contains("continue under a new id"));
    restored.admit(&eu, US, 0, &limits).unwrap();
    let mut us = eu.clone();
    us.add(US, "b".into());
    eu.admit(&us, EU, 0, &limits).unwrap();
    eu.merge(us);
}

#[test]
fn bytes_and_digests_travel() {
    let mut eu = of(EU, &["a", "b", "c", "d"]);
    eu.remove("b");
    let us = OrSet::<String>::decode(&eu.encode()).unwrap();
    assert_eq!(us, eu);
    eu.add(EU, "e".into());
    let digest = DotMapDigest::decode(&us.digest().encode()).unwrap();
    let delta = eu.delta_since(&digest);
    assert_eq!(sorted(&delta), ["e"]);
}
