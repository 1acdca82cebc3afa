//! The bytes of the types whose elements are values, as Rust writes them (`tests/golden`) and as the
//! package wrote them (`test/golden`); `test/bytes.test.mjs` reads and writes the same ones.

use core::fmt::Debug;

use crdt_core::laws::{check_golden, golden_bytes};
use crdt_core::{ContentKey, Delta, Merge, ReplicaId, Timestamp, Wire};
use crdt_counters::{GCounter, PnCounter};
use crdt_document::{Document, Value};
use crdt_registers::{LwwRegister, MvRegister};
use crdt_sets::{GSet, OrSet};

const EU: ReplicaId = ReplicaId::from_u128(1);
const US: ReplicaId = ReplicaId::from_u128(2);
const KEY: ContentKey = ContentKey::from_u128(0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f);

fn tags() -> GSet<Value> {
    [Value::from("urgent"), "billing".into(), 7.into(), Value::Null].into_iter().collect()
}

#[test]
fn g_set() {
    check_golden(include_str!("golden/g_set.hex"), &tags());
    check_golden(include_str!("golden/g_set_digest.hex"), &tags().digest_with(KEY));
}

#[test]
fn or_set() {
    let mut cart = OrSet::new();
    cart.add_all(EU, ["a", "b", "c", "d"].map(Value::from));
    cart.add(US, 1.5.into());
    cart.add(US, "a".into());
    cart.remove(&Value::from("c"));
    check_golden(include_str!("golden/or_set.hex"), &cart);
    check_golden(include_str!("golden/or_set_digest.hex"), &cart.digest());
}

#[test]
fn lww_register() {
    let mut name = LwwRegister::<Value>::new();
    let timestamp = Timestamp::from_millis(1_000).and_then(Timestamp::next).expect("within range");
    name.set(EU, timestamp, "Alice".into()).expect("not worn out");
    check_golden(include_str!("golden/lww_register.hex"), &name);
    check_golden(include_str!("golden/lww_register_digest.hex"), &name.digest_with(KEY));
}

#[test]
fn mv_register() {
    let mut address = MvRegister::<Value>::new();
    address.set(EU, "old".into());
    address.set(EU, "x".into());
    let mut other = MvRegister::new();
    other.set(US, vec![0, 255].into());
    address.merge(other);
    check_golden(include_str!("golden/mv_register.hex"), &address);
    check_golden(include_str!("golden/mv_register_digest.hex"), &address.digest());
}

/// What the package wrote is read, and written again the same.
fn read<T: Wire + PartialEq + Debug>(golden: &str) -> T {
    let value = T::decode(&golden_bytes(golden)).expect("bytes that the package wrote");
    check_golden(golden, &value);
    value
}

/// The elements that `test/bytes.test.mjs` gives sets and registers.
fn scalars() -> [Value; 16] {
    [
        Value::Null,
        false.into(),
        true.into(),
        i64::MIN.into(),
        (-5).into(),
        0.into(),
        ((1_i64 << 53) - 1).into(),
        i64::MAX.into(),
        (-0.0).into(),
        0.5.into(),
        f64::INFINITY.into(),
        f64::NAN.into(),
        "".into(),
        "日本".into(),
        "a".repeat(128).into(),
        vec![0, 255].into(),
    ]
}

#[test]
fn counters_of_the_package() {
    let counter: GCounter = read(include_str!("../test/golden/g_counter.hex"));
    assert_eq!(counter.iter().collect::<Vec<_>>(), [(EU, 3), (US, u64::MAX)]);
    let counter: PnCounter = read(include_str!("../test/golden/pn_counter.hex"));
    assert_eq!(counter.iter().collect::<Vec<_>>(), [(EU, -2), (US, 300)]);
}

#[test]
fn sets_of_the_package() {
    let set: GSet<Value> = read(include_str!("../test/golden/g_set.hex"));
    assert_eq!(set, scalars().into_iter().collect());
    let set: OrSet<Value> = read(include_str!("../test/golden/or_set.hex"));
    let kept = scalars().into_iter().filter(|value| *value != Value::Bool(true));
    assert_eq!(set.iter().cloned().collect::<GSet<_>>(), kept.collect());
}

#[test]
fn registers_of_the_package() {
    let name: LwwRegister<Value> = read(include_str!("../test/golden/lww_register.hex"));
    assert_eq!(name.get(), Some(&Value::from("Alice")));
    assert_eq!(name.timestamp(), Timestamp::from_millis(2_000).and_then(Timestamp::next));
    let address: MvRegister<Value> = read(include_str!("../test/golden/mv_register.hex"));
    assert_eq!(address.values(), [&Value::from("1 Main St"), &Value::from("2 High St")]);
}

#[test]
fn a_document_of_the_package() {
    let document: Document = read(include_str!("../test/golden/document.hex"));
    assert_eq!(document.counter("likes").value(), 2);
    assert_eq!(document.pn_counter("stock").value(), -1);
    assert!(document.g_set("tags").iter().eq(&[Value::from("new"), Value::from("old")]));
    assert_eq!(document.set("all").len(), scalars().len());
    assert!(scalars().iter().all(|value| document.set("all").contains(value)));
    assert_eq!(document.register("name").get(), Some(&Value::from("Alice")));
    assert_eq!(document.mv_register("address").values().len(), 2);
}
