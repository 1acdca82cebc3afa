//! Counters for people.

use crdt_counters::{GCounter, PnCounter, ReplicaId, ResettableCounter};

const EU: ReplicaId = ReplicaId::from_u128(1);
const US: ReplicaId = ReplicaId::from_u128(2);

macro_rules! id {
    ($last:literal) => {
        concat!("\"00000000-0000-0000-0000-00000000000", $last, "\"")
    };
}

#[test]
fn a_g_counter_is_a_map_from_replica_to_total() {
    let mut counter = GCounter::new();
    counter.increment_by(EU, 50).expect("in range");
    counter.increment_by(US, 30).expect("in range");
    let text = serde_json::to_string(&counter).expect("serializable");
    assert_eq!(text, concat!("{", id!(1), ":50,", id!(2), ":30}"));
    assert_eq!(serde_json::from_str::<GCounter>(&text).expect("valid"), counter);

    let unsorted = concat!("{", id!(2), ":30,", id!(1), ":50}");
    assert_eq!(serde_json::from_str::<GCounter>(unsorted).expect("people do not sort"), counter);
    assert_eq!(serde_json::from_str::<GCounter>("{}").expect("valid"), GCounter::new());
}

#[test]
fn a_pn_counter_is_a_map_from_replica_to_both_totals() {
    let mut counter = PnCounter::new();
    counter.increment_by(EU, 100).expect("in range");
    counter.decrement_by(EU, 3).expect("in range");
    let text = serde_json::to_string(&counter).expect("serializable");
    assert_eq!(text, concat!("{", id!(1), r#":{"increments":100,"decrements":3}}"#));
    assert_eq!(serde_json::from_str::<PnCounter>(&text).expect("valid"), counter);
}

#[test]
fn a_resettable_counter_shows_its_baselines() {
    let mut counter = ResettableCounter::new();
    counter.increment_by(EU, 5).expect("in range");
    counter.reset();
    counter.decrement_by(EU, 3).expect("in range");
    let text = serde_json::to_string(&counter).expect("serializable");
    let totals = r#":{"increments":5,"decrements":3,"reset_increments":5,"reset_decrements":0}}"#;
    assert_eq!(text, format!("{}{}{totals}", "{", id!(1)));
    assert_eq!(serde_json::from_str::<ResettableCounter>(&text).expect("valid"), counter);
}

#[test]
fn what_no_counter_shows_is_refused() {
    let g_counter = |text: &str| serde_json::from_str::<GCounter>(text).unwrap_err().to_string();
    let twice = g_counter(concat!("{", id!(1), ":1,", id!(1), ":2}"));
    assert!(twice.contains("is listed twice"), "{twice}");
    let zero = g_counter(concat!("{", id!(1), ":0}"));
    assert!(zero.contains("has counted nothing"), "{zero}");
    let negative = g_counter(concat!("{", id!(1), ":-1}"));
    assert!(negative.contains("invalid value"), "{negative}");
    let list = g_counter("[1]");
    assert!(list.contains("expected a map from replica id"), "{list}");

    let pn_counter = |text: &str| serde_json::from_str::<PnCounter>(text).unwrap_err().to_string();
    let zeros = pn_counter(concat!("{", id!(1), r#":{"increments":0,"decrements":0}}"#));
    assert!(zeros.contains("has counted nothing"), "{zeros}");
    let half = pn_counter(concat!("{", id!(1), r#":{"increments":1}}"#));
    assert!(half.contains("missing field"), "{half}");
    let third = pn_counter(concat!("{", id!(1), r#":{"increments":1,"decrements":1,"x":1}}"#));
    assert!(third.contains("unknown field"), "{third}");
}
