//! The words of an operations file, and those of the node.

use crdt_core::Timestamp;
use serde_json::{Value, json};

use super::client::Values;
use crate::operations::{self, Change, Kind, Operation, Reading, Subject};

/// Names that begin with this are the supervisor's own: a file of operations has no control characters.
const OWN: char = '\u{1}';

/// How many operations of a region's part are applied, it counts in the document itself: so that it is
/// known also when the region has died before it could answer.
fn count_of(region: &str) -> String {
    format!("{OWN}{region}")
}

/// What is to be posted for the next operation of a region's part.
pub(super) fn write(operation: &Operation, region: &str) -> Value {
    let count = json!({"op": "counter.increment", "name": count_of(region), "by": 1});
    let name = &operation.name;
    let (does, at) = match &operation.change {
        Change::CounterAdd(by) => (json!({"op": "counter.increment", "by": by}), None),
        Change::PnCounterAdd(by) => (json!({"op": "pn_counter.increment", "by": by}), None),
        Change::PnCounterSubtract(by) => (json!({"op": "pn_counter.decrement", "by": by}), None),
        Change::PnCounterReset => (json!({"op": "pn_counter.reset"}), None),
        Change::GSetAdd(values) => (json!({"op": "g_set.add", "values": values}), None),
        Change::OrSetAdd(values) => (json!({"op": "set.add", "values": values}), None),
        Change::OrSetRemove(values) => (json!({"op": "set.remove", "values": values}), None),
        Change::OrSetClear => (json!({"op": "set.clear"}), None),
        Change::LwwWrite { value, at } => (json!({"op": "register.set", "value": value}), *at),
        Change::MvWrite(value) => (json!({"op": "mv_register.set", "value": value}), None),
        Change::MvResolve(value) => (json!({"op": "mv_register.resolve", "value": value}), None),
        Change::MvClear => (json!({"op": "mv_register.clear"}), None),
    };
    let mut does = does;
    does["name"] = json!(name);
    json!({
        "operations": [does, count],
        "at_ms": at.map(Timestamp::millis),
        "wait_ms": 30_000,
    })
}

/// What a document reads as, by kind and name, and how many operations of a region's part it holds.
pub(super) fn values(values: &Value, region: &str) -> Values {
    let names = values.as_object().into_iter().flatten();
    let mut readings: Vec<_> = names
        .filter(|(name, _)| !name.starts_with(OWN))
        .flat_map(|(name, kinds)| {
            let kinds = kinds.as_object().into_iter().flatten();
            kinds.filter_map(|(kind, content)| reading(name, kind, content))
        })
        .collect();
    readings.sort_by(|one, other| one.subject.cmp(&other.subject));
    let applied = values[count_of(region)]["counter"].as_u64().unwrap_or_default();
    Values { readings, applied }
}

fn reading(name: &str, kind: &str, content: &Value) -> Option<Reading> {
    let kind = match kind {
        "counter" => Kind::Counter,
        "pn_counter" => Kind::PnCounter,
        "g_set" => Kind::GSet,
        "set" => Kind::OrSet,
        "register" => Kind::Lww,
        "mv_register" => Kind::Mv,
        // A kind that this release does not know cannot be named in its files either.
        _ => return None,
    };
    let value = match content {
        number if kind.is_number() => operations::Value::Number(text(number).parse().ok()?),
        Value::Array(values) => operations::Value::Texts(values.iter().map(text).collect()),
        Value::Null => operations::Value::unwritten(kind),
        value => operations::Value::Texts([text(value)].into()),
    };
    Some(Reading { subject: Subject { kind, name: name.into() }, value })
}

/// Texts as they are; others, which no file of operations has written, as JSON.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), Into::into)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{values, write};
    use crate::operations::parse_operation;

    #[test]
    fn every_operation_is_posted_with_the_count_of_its_region() {
        for (text, posted) in [
            ("counter x += 5", json!({"op": "counter.increment", "name": "x", "by": 5})),
            ("pn-counter x += 5", json!({"op": "pn_counter.increment", "name": "x", "by": 5})),
            ("pn-counter x -= 5", json!({"op": "pn_counter.decrement", "name": "x", "by": 5})),
            ("pn-counter x reset", json!({"op": "pn_counter.reset", "name": "x"})),
            ("g-set x add a b", json!({"op": "g_set.add", "name": "x", "values": ["a", "b"]})),
            ("or-set x add a", json!({"op": "set.add", "name": "x", "values": ["a"]})),
            ("or-set x remove a", json!({"op": "set.remove", "name": "x", "values": ["a"]})),
            ("or-set x clear", json!({"op": "set.clear", "name": "x"})),
            ("lww x = a", json!({"op": "register.set", "name": "x", "value": "a"})),
            ("mv x = a", json!({"op": "mv_register.set", "name": "x", "value": "a"})),
            ("mv x resolve a", json!({"op": "mv_register.resolve", "name": "x", "value": "a"})),
            ("mv x clear", json!({"op": "mv_register.clear", "name": "x"})),
        ] {
            let body = write(&parse_operation(text).expect("reads"), "eu");
            assert_eq!(body["operations"][0], posted, "{text}");
            assert_eq!(body["operations"][1]["name"], json!("\u{1}eu"), "{text}");
            assert_eq!(body["at_ms"], json!(null), "{text}");
        }
        let body = write(&parse_operation("lww x = a at 1000").expect("reads"), "eu");
        assert_eq!(body["at_ms"], json!(1_000));
    }

    #[test]
    fn what_is_read_is_told_in_the_words_of_a_file() {
        let read = json!({
            "\u{1}eu": {"counter": 7},
            "\u{1}us": {"counter": 9},
            "x": {"counter": "18446744073709551616", "set": ["b", "a"]},
            "n": {"register": "Alice", "mv_register": ["1", "2"], "tree": 1, "pn_counter": -3},
        });
        let read = values(&read, "eu");
        assert_eq!(read.applied, 7);
        let told: Vec<_> = read.readings.iter().map(ToString::to_string).collect();
        let expected = [
            "counter \"x\" = 18446744073709551616",
            "pn-counter \"n\" = -3",
            "or-set \"x\" = \"a\" \"b\"",
            "lww \"n\" = \"Alice\"",
            "mv \"n\" = \"1\" \"2\"",
        ];
        assert_eq!(told, expected);
    }
}
