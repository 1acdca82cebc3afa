//! Documents for people.

mod support;

use crdt_document::{Document, Merge, Value};
use support::{at, eu, us};

const EMPTY: &str = r#"{"seen":{},"names":{}}"#;

fn everything() -> Document {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| {
        tx.counter("likes").increment(3)?;
        tx.pn_counter("stock").increment(5)?;
        tx.pn_counter("stock").reset()?;
        tx.pn_counter("stock").decrement(1)?;
        tx.g_set("tags").add("new")?;
        tx.set("cart").add_all(["apple", "pear"])?;
        tx.set("cart").remove("pear")?;
        tx.register("name").set("Alice")?;
        tx.mv_register("name").set(Value::Null)
    })
    .unwrap();
    let mut other = Document::new();
    other.transact(us(), |tx| tx.mv_register("name").set(1.5)).unwrap();
    doc.merge(other);
    doc
}

fn id(number: u8) -> String {
    format!("00000000-0000-0000-0000-00000000000{number}")
}

#[test]
fn a_document_is_its_names_and_what_was_seen() {
    let mut doc = Document::new();
    assert_eq!(serde_json::to_string(&doc).unwrap(), EMPTY);
    doc.transact(at(support::EU, 1), |tx| {
        tx.register("name").set("Alice")?;
        tx.set("cart").add("apple")
    })
    .unwrap();
    let (eu, text) = (id(1), serde_json::to_string(&doc).unwrap());
    let set = format!(r#"{{"set":[{{"element":"apple","replica":"{eu}","counter":2}}]}}"#);
    let register = format!(r#"{{"value":"Alice","timestamp":"1.0","replica":"{eu}","counter":1}}"#);
    assert_eq!(
        text,
        format!(
            r#"{{"seen":{{"{eu}":[[1,2]]}},"names":{{"cart":{set},"name":{{"register":[{register}]}}}}}}"#
        )
    );
}

#[test]
fn a_document_is_read_back() {
    for doc in [Document::new(), everything()] {
        let text = serde_json::to_string(&doc).unwrap();
        let again: Document = serde_json::from_str(&text).unwrap();
        assert_eq!(again, doc);
        again.internal_validate().unwrap();
        let again: Document = serde_json::from_value(serde_json::to_value(&doc).unwrap()).unwrap();
        assert_eq!(again, doc);
    }
}

#[test]
fn what_no_document_shows_is_refused() {
    let whole = serde_json::to_string(&everything()).unwrap();
    let refused = |from: &str, to: &str| {
        let text = whole.replacen(from, to, 1);
        assert_ne!(text, whole, "{from}");
        serde_json::from_str::<Document>(&text).unwrap_err().to_string()
    };
    let said = [
        (r#""total":3"#, r#""total":0"#, "a total says nothing"),
        (r#""decrements":1"#, r#""decrements":0,"x":0"#, "did not match any variant"),
        (r#""names":{"#, r#""names":{"x":{},"#, "under which there is nothing"),
        (r#""names":{"#, r#""names":{"x":{"list":[]},"#, "unknown field `list`"),
        (r#""likes":"#, r#""likes":{},"likes":"#, "is listed twice"),
        (r#""names":"#, r#""name":{},"names":"#, "unknown field `name`"),
        (r#""timestamp":"1000.0""#, r#""timestamp":"soon""#, "milliseconds"),
    ];
    for (from, to, why) in said {
        let told = refused(from, to);
        assert!(told.contains(why), "{told}");
    }
    let zero = refused(
        r#""total":3,"replica":"00000000-0000-0000-0000-000000000001","counter":1"#,
        r#""total":3,"replica":"00000000-0000-0000-0000-000000000001","counter":0"#,
    );
    assert!(zero.contains("a counter is out of range"), "{zero}");
    let unseen = refused("[[1,", "[[2,");
    assert!(unseen.contains("whose dot has not been seen"), "{unseen}");
}

#[test]
fn values_are_what_people_write() {
    let round = |value: Value, text: &str| {
        assert_eq!(serde_json::to_string(&value).unwrap(), text);
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), value);
    };
    round(Value::Null, "null");
    round(true.into(), "true");
    round((-3).into(), "-3");
    round(i64::MAX.into(), "9223372036854775807");
    round(2.0.into(), "2.0");
    round((-0.0).into(), "-0.0");
    round(f64::NAN.into(), r#"{"float":"NaN"}"#);
    round(f64::NEG_INFINITY.into(), r#"{"float":"-inf"}"#);
    round("a".into(), r#""a""#);
    round(vec![0, 255].into(), r#"{"bytes":"00ff"}"#);
    for refused in [
        "[]",
        "{}",
        r#"{"bytes":"0"}"#,
        r#"{"bytes":"0g"}"#,
        r#"{"float":"1"}"#,
        "9223372036854775808",
    ] {
        serde_json::from_str::<Value>(refused).unwrap_err();
    }
    serde_json::from_str::<Value>(r#"{"bytes":"00","float":"inf"}"#).unwrap_err();
}

#[test]
fn a_view_shows_what_there_is_to_see() {
    let view = serde_json::to_string(&everything().view()).unwrap();
    assert_eq!(
        view,
        concat!(
            r#"{"cart":{"set":["apple"]},"likes":{"counter":3},"#,
            r#""name":{"register":"Alice","mv_register":[null,1.5]},"#,
            r#""stock":{"pn_counter":-1},"tags":{"g_set":["new"]}}"#
        )
    );
}
