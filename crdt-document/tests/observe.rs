//! What a merge tells the application.

mod support;

use crdt_document::{Change, Content, Delta, Document, Item, Merge, Observe};
use support::{at, eu, us};

fn heard(doc: &mut Document, other: Document) -> Vec<String> {
    let mut heard = Vec::new();
    doc.merge_observed(other, |change| {
        heard.push(match change {
            Change::Appeared(item) => format!("+{item:?}"),
            Change::Vanished(item) => format!("-{item:?}"),
        });
    });
    doc.internal_validate().unwrap();
    heard
}

#[test]
fn an_observer_hears_of_values_and_elements_by_name() {
    let mut here = Document::new();
    here.transact(eu(), |tx| {
        tx.counter("likes").increment(1)?;
        tx.set("cart").add_all(["apple", "pear"])?;
        tx.register("name").set("Alice")
    })
    .unwrap();
    let mut there = here.clone();
    there
        .transact(at(support::US, 2_000), |tx| {
            tx.counter("likes").increment(2)?;
            tx.pn_counter("stock").increment(4)?;
            tx.set("cart").remove("apple")?;
            tx.set("cart").add("pear")?;
            tx.set("cart").add("plum")?;
            tx.register("name").set("Alicia")?;
            tx.mv_register("address").set("1 Main St")
        })
        .unwrap();
    let told = heard(&mut here, there.clone());
    assert_eq!(
        told,
        [
            r#"+address.mv_register: "1 Main St""#,
            r#"+cart.set: "plum""#,
            "+likes.counter: 3",
            r#"+name.register: "Alicia""#,
            "+stock.pn_counter: 4",
            r#"-cart.set: "apple""#,
            "-likes.counter: 1",
            r#"-name.register: "Alice""#,
        ]
    );
    assert_eq!(here, there);
    assert!(heard(&mut here, there).is_empty(), "nothing is new");
}

#[test]
fn what_is_written_again_is_no_change() {
    let mut here = Document::new();
    here.transact(eu(), |tx| {
        tx.set("cart").add("apple")?;
        tx.register("name").set("Alice")?;
        tx.pn_counter("stock").increment(1)
    })
    .unwrap();
    let mut there = here.clone();
    there
        .transact(us(), |tx| {
            tx.set("cart").add("apple")?;
            tx.register("name").set("Alice")?;
            tx.pn_counter("stock").increment(1)?;
            tx.pn_counter("stock").decrement(1)
        })
        .unwrap();
    assert!(heard(&mut here, there).is_empty());
}

#[test]
fn a_merge_names_what_changed_removals_included() {
    let mut here = Document::new();
    here.transact(eu(), |tx| {
        tx.set("cart").add("apple")?;
        tx.register("name").set("Alice")?;
        tx.counter("likes").increment(1)
    })
    .unwrap();
    let mut there = here.clone();
    let delta = there
        .transact(us(), |tx| {
            tx.set("cart").clear()?;
            tx.register("name").clear()?;
            tx.set("new").add_all([1, 2])
        })
        .unwrap();
    let mut names = Vec::new();
    let novel = here.merge_naming(delta.clone(), &mut |name| names.push(name.to_string()));
    assert_eq!(names, ["cart", "name", "new"]);
    assert_eq!(novel, delta);
    let nothing = here.merge_naming(delta, &mut |name| panic!("{name} is not new"));
    assert!(nothing.is_bottom());
}

/// What a document that has nothing yet hears of is all there is.
#[test]
fn an_empty_document_hears_everything_once() {
    let mut there = Document::new();
    there.transact(eu(), |tx| tx.set("n").add_all([1, 2])).unwrap();
    let mut other = Document::new();
    other.transact(us(), |tx| tx.set("n").add_all([2, 3])).unwrap();
    there.merge(other);
    let mut appeared = Vec::new();
    Document::new().merge_observed(there.clone(), |change| match change {
        Change::Appeared(item) => appeared.push(item.clone()),
        Change::Vanished(item) => panic!("{item:?} was not there"),
    });
    assert!(there.items().eq(appeared.iter().cloned()));
    assert_eq!(appeared[0], Item { name: "n".into(), content: Content::Set(1.into()) });
}
