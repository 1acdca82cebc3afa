//! Sets for people.

use crdt_sets::GSet;

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
