//! The rules that the field learned the hard way, for documents: each as the run that teaches it.

mod support;

use crdt_document::{Admit, AdmitError, Delta, Document, Limits, Merge, Wire};
use support::{EU, US, at, eu, join, us};

/// A context is exact: a second delta that comes first leaves a hole, and the first one fills it.
#[test]
fn rule_1_deltas_commute_also_when_an_earlier_one_is_missing() {
    let mut doc = Document::new();
    let add = |doc: &mut Document, name: &str| {
        doc.transact(eu(), |tx| tx.set(name).add("apple")).unwrap()
    };
    let first = add(&mut doc, "a");
    let second = add(&mut doc, "b");
    let third = doc.transact(eu(), |tx| tx.set("a").remove("apple")).unwrap();

    let mut peer = second.clone();
    assert!(!peer.set("a").contains("apple"));
    peer.merge(first.clone());
    assert!(peer.set("a").contains("apple"), "not lost for having come late");
    assert_eq!(join(&[&first, &second, &third]), doc);
    assert!(!join(&[&third, &first]).contains("a"), "a removal that comes first removes");
}

/// A delta speaks of what it changes, and nothing else: a peer keeps what the delta omits.
#[test]
fn rule_2_a_partial_delta_does_not_carry_the_senders_context() {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| tx.set("kept").add("x")).unwrap();
    let mut peer = doc.clone();
    peer.transact(us(), |tx| tx.set("kept").add("y")).unwrap();
    let delta = doc.transact(eu(), |tx| tx.register("name").set("Alice")).unwrap();
    assert_eq!(delta.context().len(), 1);
    let answer = doc.delta_since(&peer.digest());
    assert_eq!(answer, delta, "nor does the answer to a digest");
    peer.merge(answer);
    assert_eq!(peer.set("kept").len(), 2);
}

/// Removals, and writes that supersede, are invisible in a context.
#[test]
fn rule_3_equal_contexts_do_not_mean_equal_states() {
    let mut doc = Document::new();
    let added = doc.transact(eu(), |tx| tx.set("cart").add("apple")).unwrap();
    doc.transact(eu(), |tx| tx.set("cart").remove("apple")).unwrap();
    assert_eq!(doc.context(), added.context());
    assert_ne!(doc, added);
    let answer = doc.delta_since(&added.digest());
    assert!(!answer.is_bottom(), "a digest says what is live, too");
    assert_eq!(join(&[&added, &answer]), doc);

    // Of add, add again, remove, the second is lost.
    let mut doc = Document::new();
    let first = doc.transact(eu(), |tx| tx.set("cart").add("apple")).unwrap();
    doc.transact(eu(), |tx| tx.set("cart").add("apple")).unwrap();
    let third = doc.transact(eu(), |tx| tx.set("cart").remove("apple")).unwrap();
    let peer = join(&[&first, &third]);
    assert!(peer.set("cart").contains("apple"), "it has not heard that this one was superseded");
    assert_eq!(join(&[&peer, &doc.delta_since(&peer.digest())]), doc);
}

/// Identity is outside of state: a copy that was restored meets writes of its own that it never
/// made, stops, and goes on under a new id.
#[test]
fn rule_4_a_restored_copy_finds_out() {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| tx.set("cart").add("apple")).unwrap();
    let backup = doc.clone();
    doc.transact(eu(), |tx| tx.set("cart").add("pear")).unwrap();

    let limits = Limits::default();
    let refused = backup.admit(&doc, EU, 1_000, &limits).unwrap_err();
    assert_eq!(refused, AdmitError::OwnWriteUnknown { replica: EU, claimed: 2, held: 1 });

    // It went on all the same, and now one dot names two writes.
    let mut restored = backup;
    restored.transact(at(EU, 2_000), |tx| tx.register("name").set("Alice")).unwrap();
    let refused = restored.admit(&doc, EU, 2_000, &limits).unwrap_err();
    assert_eq!(refused, AdmitError::OwnWriteDiffers { replica: EU, write: 2 });
    assert!(restored.admit(&doc, US, 2_000, &limits).is_ok(), "the others cannot know");
}

/// Same dot with two contents can only come from a fault: the greater bytes win everywhere.
#[test]
fn a_dot_with_two_contents_is_the_same_everywhere() {
    let write = |value: &str| {
        let mut doc = Document::new();
        doc.transact(eu(), |tx| tx.register("name").set(value)).unwrap();
        doc
    };
    let count = |name: &str| {
        let mut doc = Document::new();
        doc.transact(eu(), |tx| tx.counter(name).increment(1)).unwrap();
        doc
    };
    let states = [write("a"), write("b"), count("likes"), count("name")];
    for one in &states {
        for other in &states {
            let joined = join(&[one, other]);
            assert_eq!(joined.items().count(), 1);
            assert_eq!(Document::decode(&joined.encode()).unwrap(), joined);
        }
    }
    assert_eq!(join(&[&states[0], &states[1]]).register("name").get().unwrap(), "b");
}

/// Two copies that count under one id: of two cells of one counter the greater total is read, and
/// what they are is still a document that can be sent.
#[test]
fn two_cells_of_one_counter_are_read_as_the_greater() {
    let mut one = Document::new();
    one.transact(eu(), |tx| tx.pn_counter("n").increment(3)).unwrap();
    let mut other = one.clone();
    one.transact(eu(), |tx| tx.pn_counter("n").increment(4)).unwrap();
    other.transact(eu(), |tx| tx.set("z").add("z")).unwrap();
    other.transact(eu(), |tx| tx.pn_counter("n").increment(1)).unwrap();
    let both = join(&[&one, &other]);
    assert!([4, 7].contains(&both.pn_counter("n").value()), "{both:?}");
    assert_eq!(Document::decode(&both.encode()).unwrap(), both);
}
