//! Registers for people.

use crdt_registers::{LwwRegister, MvRegister, ReplicaId, Timestamp};

const ALICE: &str =
    r#"{"timestamp":"1000.0","writer":"00000000-0000-0000-0000-000000000001","value":"Alice"}"#;

#[test]
fn an_lww_register_is_its_write() {
    let mut name = LwwRegister::new();
    let timestamp = Timestamp::from_millis(1_000).expect("within range");
    name.set(ReplicaId::from_u128(1), timestamp, "Alice".to_string()).expect("not worn out");
    assert_eq!(serde_json::to_string(&name).expect("serializable"), ALICE);
    assert_eq!(serde_json::from_str::<LwwRegister<String>>(ALICE).expect("valid"), name);
}

#[test]
fn an_lww_register_never_written_is_null() {
    let never = LwwRegister::<String>::new();
    assert_eq!(serde_json::to_string(&never).expect("serializable"), "null");
    assert_eq!(serde_json::from_str::<LwwRegister<String>>("null").expect("valid"), never);
}

#[test]
fn what_no_lww_register_shows_is_refused() {
    let refused =
        |text: &str| serde_json::from_str::<LwwRegister<String>>(text).unwrap_err().to_string();
    let timestamp = refused(&ALICE.replace("1000.0", "1000"));
    assert!(timestamp.contains("a timestamp is written as"), "{timestamp}");
    let incomplete = refused(&ALICE.replace(r#","value":"Alice""#, ""));
    assert!(incomplete.contains("missing field `value`"), "{incomplete}");
    let more = refused(&ALICE.replace(r#"{"timestamp""#, r#"{"x":1,"timestamp""#));
    assert!(more.contains("unknown field"), "{more}");
}

const ADDRESS: &str = concat!(
    r#"{"seen":{"00000000-0000-0000-0000-000000000001":[[1,2]]},"values":["#,
    r#"{"value":"new","replica":"00000000-0000-0000-0000-000000000001","counter":2}]}"#,
);

#[test]
fn an_mv_register_is_what_was_seen_and_its_values() {
    let mut address = MvRegister::new();
    address.set(ReplicaId::from_u128(1), "old".to_string());
    address.set(ReplicaId::from_u128(1), "new".to_string());
    assert_eq!(serde_json::to_string(&address).expect("serializable"), ADDRESS);
    assert_eq!(serde_json::from_str::<MvRegister<String>>(ADDRESS).expect("valid"), address);
}

#[test]
fn what_no_mv_register_shows_is_refused() {
    let unseen = ADDRESS.replace(r#""counter":2"#, r#""counter":3"#);
    let refused = serde_json::from_str::<MvRegister<String>>(&unseen).unwrap_err().to_string();
    assert!(refused.contains("whose dot has not been seen"), "{refused}");
}
