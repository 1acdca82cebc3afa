//! Sets for people.

use crdt_sets::{GSet, OrSet, ReplicaId};

#[test]
fn a_g_set_is_a_list() {
    let tags: GSet<String> = ["urgent", "billing"].into_iter().map(String::from).collect();
    let text = serde_json::to_string(&tags).expect("serializable");
    assert_eq!(text, r#"["billing","urgent"]"#);
    assert_eq!(serde_json::from_str::<GSet<String>>(&text).expect("valid"), tags);

    let unsorted = r#"["urgent", "billing"]"#;
    assert_eq!(serde_json::from_str::<GSet<String>>(unsorted).expect("people do not sort"), tags);
}

#[test]
fn a_g_set_that_lists_an_element_twice_is_refused() {
    let refused = serde_json::from_str::<GSet<u8>>("[1, 2, 1]").unwrap_err().to_string();
    assert!(refused.contains("an element is listed twice"), "{refused}");
    let refused = serde_json::from_str::<GSet<u8>>("{}").unwrap_err().to_string();
    assert!(refused.contains("expected a list of different elements"), "{refused}");
}

const CART: &str = concat!(
    r#"{"seen":{"00000000-0000-0000-0000-000000000001":[[1,3]]},"elements":["#,
    r#"{"element":"a","replica":"00000000-0000-0000-0000-000000000001","counter":1},"#,
    r#"{"element":"c","replica":"00000000-0000-0000-0000-000000000001","counter":3}]}"#,
);

#[test]
fn an_or_set_is_what_was_seen_and_what_is_there() {
    let mut cart = OrSet::new();
    cart.add_all(ReplicaId::from_u128(1), ["a", "b", "c"].map(String::from));
    cart.remove("b");
    assert_eq!(serde_json::to_string(&cart).expect("serializable"), CART);
    assert_eq!(serde_json::from_str::<OrSet<String>>(CART).expect("valid"), cart);
}

#[test]
fn what_no_or_set_shows_is_refused() {
    let refused = |from: &str, to: &str| {
        let text = CART.replace(from, to);
        assert_ne!(text, CART);
        serde_json::from_str::<OrSet<String>>(&text).unwrap_err().to_string()
    };
    let unseen = refused(r#""counter":3"#, r#""counter":4"#);
    assert!(unseen.contains("whose dot has not been seen"), "{unseen}");
    let twice = refused(r#""counter":3"#, r#""counter":1"#);
    assert!(twice.contains("two entries have the same dot"), "{twice}");
    let nothing = refused(r#""counter":3"#, r#""counter":0"#);
    assert!(nothing.contains("a counter is out of range"), "{nothing}");
    let overlapping = refused("[[1,3]]", "[[1,2],[2,3]]");
    assert!(overlapping.contains("runs are not ascending"), "{overlapping}");
    let adjacent = refused("[[1,3]]", "[[1,2],[3,3]]");
    assert!(adjacent.contains("runs are not ascending"), "{adjacent}");
    let backwards = refused("[[1,3]]", "[[3,1]]");
    assert!(backwards.contains("runs are not ascending"), "{backwards}");
    let id = r#""00000000-0000-0000-0000-000000000001":[[1,3]]"#;
    let repeated = refused(id, &format!("{id},{id}"));
    assert!(repeated.contains("is listed twice"), "{repeated}");
    let more = refused(r#"{"seen""#, r#"{"x":1,"seen""#);
    assert!(more.contains("unknown field"), "{more}");
}
