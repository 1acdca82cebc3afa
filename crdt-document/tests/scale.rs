//! That ten thousand small values cost no more than they are.

mod support;

use crdt_document::{Delta, Document, Merge, Wire};
use support::{eu, us};

fn names(many: usize) -> Vec<String> {
    (0..many).map(|n| format!("n{n:05}")).collect()
}

#[test]
fn ten_thousand_small_values_share_one_context() {
    let names = names(10_000);
    let mut doc = Document::new();
    doc.transact(eu(), |tx| names.iter().try_for_each(|name| tx.register(name).set(true))).unwrap();
    assert_eq!((doc.len(), doc.context().replicas().len()), (10_000, 1));
    let bare = names.iter().map(|name| name.len() + 1).sum::<usize>();
    let encoded = doc.encode().len();
    // A name's length, its number, a timestamp, a tag.
    assert!(encoded <= bare + 13 * names.len() + 64, "{encoded} for {bare}");

    let delta = doc.transact(us(), |tx| tx.register("n00007").set(false)).unwrap();
    assert!(delta.encode().len() <= 80, "{} bytes for one change", delta.encode().len());
    assert!(doc.digest().encode().len() <= 64, "{}", doc.digest().encode().len());
}

/// The name of a set is written once, and an element says nothing but itself.
#[test]
fn elements_of_a_set_do_not_repeat_its_name() {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| tx.set("a name that is long, as names go").add_all(0..10_000)).unwrap();
    let encoded = doc.encode().len();
    assert!(encoded <= 5 * 10_000 + 100, "{encoded}: a number and a tag each, and where it is");
}

#[test]
fn one_change_is_found_by_its_digest_alone() {
    let names = names(1_000);
    let mut doc = Document::new();
    doc.transact(eu(), |tx| names.iter().try_for_each(|name| tx.counter(name).increment(1)))
        .unwrap();
    let peer = doc.clone();
    let delta = doc.transact(eu(), |tx| tx.counter("n00500").increment(1)).unwrap();
    assert_eq!(doc.delta_since(&peer.digest()), delta);
}

/// Elements that arrive one by one do not bring a copy of the name of their set each.
#[test]
fn what_arrives_shares_the_names_that_are_here() {
    const NAME: &str = "a name so long that a copy of it is told from a pointer to it, by its size";
    let arrived = |name: &str| {
        let (mut there, mut here) = (Document::new(), Document::new());
        let deltas: Vec<Vec<u8>> = (0..2_000)
            .map(|n| there.transact(eu(), |tx| tx.set(name).add(n)).unwrap().encode())
            .collect();
        let taken = allocation_counter::measure(|| {
            for delta in deltas {
                here.merge(Document::decode(&delta).unwrap());
            }
        });
        assert_eq!(here, there);
        taken.bytes_current
    };
    assert!(arrived(NAME) - arrived("a") < 1_000);
}

/// As the documentation says it.
#[test]
fn a_value_takes_so_much_memory() {
    let names = names(10_000);
    let mut docs = [Document::new(), Document::new(), Document::new()];
    docs[0].transact(eu(), |tx| tx.set("n").add_all(0..10_000)).unwrap();
    docs[1]
        .transact(eu(), |tx| names.iter().try_for_each(|name| tx.register(name).set(true)))
        .unwrap();
    docs[2]
        .transact(eu(), |tx| names.iter().try_for_each(|name| tx.counter(name).increment(1)))
        .unwrap();
    for (doc, bound) in docs.iter().zip([200, 300, 350]) {
        let bytes = doc.encode();
        let mut read = Document::new();
        let taken = allocation_counter::measure(|| read = Document::decode(&bytes).unwrap());
        let each = taken.bytes_current / 10_000;
        assert!(each <= bound, "{each} bytes");
    }
}
