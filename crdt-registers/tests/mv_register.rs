//! What an application sees of a multi-value register.

use crdt_registers::{
    Admit, AdmitError, Change, Delta, Limits, Merge, MvRegister, Observe, ReplicaId, Wire,
};

const EU: ReplicaId = ReplicaId::from_u128(1);
const US: ReplicaId = ReplicaId::from_u128(2);

fn of(me: ReplicaId, value: &str) -> MvRegister<String> {
    let mut register = MvRegister::new();
    register.set(me, value.into());
    register
}

fn conflict() -> MvRegister<String> {
    let mut register = of(EU, "2 High St");
    register.merge(of(US, "1 Main St"));
    register
}

/// The address written in both regions at once: both are kept until one is chosen.
#[test]
fn concurrent_values_are_kept_until_one_is_chosen() {
    let mut eu = conflict();
    assert!(eu.is_conflicted());
    assert_eq!(eu.values(), ["1 Main St", "2 High St"], "in canonical order");

    let mut us = eu.clone();
    let chosen = us.resolve(US, |values| {
        assert_eq!(values, ["1 Main St", "2 High St"]);
        values[1].clone()
    });
    eu.merge(chosen);
    assert!(!eu.is_conflicted());
    assert_eq!(eu.values(), ["2 High St"]);
    assert_eq!(eu, us);
}

#[test]
fn a_write_replaces_what_it_has_seen() {
    let mut eu = conflict();
    let write = eu.set(EU, "3 New St".into());
    let mut us = conflict();
    us.merge(write);
    assert_eq!(us.values(), ["3 New St"]);
}

#[test]
fn a_write_does_not_replace_what_it_has_not_seen() {
    let mut late = of(EU, "old");
    let mut us = of(EU, "old");
    us.set(US, "new".into());
    late.set(EU, "newer".into());
    us.merge(late);
    assert_eq!(us.values(), ["new", "newer"]);
}

#[test]
fn the_same_value_twice_is_no_conflict() {
    let mut eu = of(EU, "same");
    eu.merge(of(US, "same"));
    assert!(!eu.is_conflicted());
    assert_eq!(eu.values(), ["same"]);
    assert!(eu.resolve(EU, |_| panic!("nothing to resolve")).is_bottom());
}

#[test]
fn two_resolutions_at_once_are_a_new_conflict() {
    let mut eu = conflict();
    let mut us = conflict();
    let one = eu.resolve(EU, |values| values[0].clone());
    let other = us.resolve(US, |values| values[1].clone());
    eu.merge(other);
    us.merge(one);
    assert_eq!(eu, us);
    assert!(eu.is_conflicted());
    assert_eq!(eu.values().len(), 2);
}

#[test]
fn clearing_removes_what_it_has_seen() {
    let mut eu = conflict();
    let mut us = eu.clone();
    us.set(US, "meanwhile".into());
    let cleared = eu.clear();
    assert!(eu.is_empty() && eu.values().is_empty());
    us.merge(cleared);
    assert_eq!(us.values(), ["meanwhile"]);
    assert!(MvRegister::<String>::new().clear().is_bottom());
}

#[test]
fn an_observer_hears_of_values() {
    let mut eu = conflict();
    let mut us = eu.clone();
    us.set(US, "2 High St".into());
    let mut heard = Vec::new();
    eu.merge_observed(us, |change| {
        heard.push(match change {
            Change::Appeared(value) => format!("+{value}"),
            Change::Vanished(value) => format!("-{value}"),
        });
    });
    assert_eq!(heard, ["-1 Main St"], "the other value was there, and is");
}

#[test]
fn a_state_that_claims_my_writes_is_not_admitted() {
    let refused = of(US, "b").admit(&of(EU, "a"), EU, 0, &Limits::default()).unwrap_err();
    assert_eq!(refused, AdmitError::OwnWriteUnknown { replica: EU, claimed: 1, held: 0 });
}

#[test]
fn bytes_and_digests_travel() {
    let eu = conflict();
    let mut us = MvRegister::<String>::decode(&of(US, "1 Main St").encode()).unwrap();
    let delta = eu.delta_since(&us.digest());
    assert_eq!(delta.values(), ["2 High St"]);
    us.merge(delta);
    assert_eq!(us.encode(), eu.encode());
}

#[test]
fn it_reads_as_its_values_and_their_writers() {
    let text = format!("{:?}", conflict());
    assert_eq!(text, r#"MvRegister {…0001:1: "2 High St", …0002:1: "1 Main St"}"#);
}
