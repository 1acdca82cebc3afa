//! Which names there are, and how they are used.

mod support;

use crdt_document::{Document, Kind, Merge};
use support::{eu, join, us};

fn everything() -> Document {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| {
        tx.register("f").set("x")?;
        tx.counter("b").increment(1)?;
        tx.set("e").add(1)?;
        tx.mv_register("a").set("x")?;
        tx.pn_counter("c").increment(1)?;
        tx.g_set("d").add(1)
    })
    .unwrap();
    doc
}

#[test]
fn names_come_in_order_with_their_kinds() {
    let doc = everything();
    assert!(doc.names().eq(["a", "b", "c", "d", "e", "f"]));
    let kinds = [
        ("a", Kind::MvRegister),
        ("b", Kind::Counter),
        ("c", Kind::PnCounter),
        ("d", Kind::GSet),
        ("e", Kind::Set),
        ("f", Kind::Register),
    ];
    assert!(doc.iter().eq(kinds));
    assert_eq!((doc.len(), doc.names().len()), (6, 6));
    assert!(doc.contains("a") && !doc.contains("g"));
    assert!(doc.kinds("c").eq([Kind::PnCounter]) && doc.kinds("g").len() == 0);
    for kind in Kind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
    }
    assert!("list".parse::<Kind>().is_err());
}

/// The same name used with two types: both are kept, each readable by its type, and the application
/// is told.
#[test]
fn two_kinds_under_one_name_are_both_kept_and_told() {
    let (mut here, mut there) = (Document::new(), Document::new());
    here.transact(eu(), |tx| tx.set("guests").add("Alice")).unwrap();
    there.transact(us(), |tx| tx.counter("guests").increment(2)).unwrap();
    assert_eq!(here.conflicts().count() + there.conflicts().count(), 0);

    let mut both = join(&[&here, &there]);
    assert!(both.set("guests").contains("Alice"));
    assert_eq!(both.counter("guests").value(), 2);
    let conflicts: Vec<_> =
        both.conflicts().map(|(name, kinds)| (name, kinds.collect::<Vec<_>>())).collect();
    assert_eq!(conflicts, [("guests", vec![Kind::Counter, Kind::Set])]);
    assert_eq!((both.len(), both.iter().count()), (1, 2));

    // One of the uses ends it, everywhere.
    let ended = both.transact(eu(), |tx| tx.remove_kind("guests", Kind::Set)).unwrap();
    here.merge(there);
    here.merge(ended);
    assert_eq!(here.conflicts().len(), 0);
    assert!(here.kinds("guests").eq([Kind::Counter]));
}

#[test]
fn removing_a_name_removes_all_its_kinds() {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| {
        tx.set("x").add_all(["a", "b"])?;
        tx.register("x").set(1)?;
        tx.mv_register("x").set(2)?;
        tx.pn_counter("x").increment(3)
    })
    .unwrap();
    doc.transact(eu(), |tx| tx.remove("x")).unwrap();
    assert!(doc.kinds("x").eq([Kind::PnCounter]), "reset, and its totals stay");
    assert_eq!(doc.pn_counter("x").value(), 0);
    doc.transact(eu(), |tx| tx.remove("nothing")).unwrap();
}

#[test]
fn equal_documents_read_alike_whatever_the_way() {
    let doc = everything();
    let parts: Vec<Document> = doc
        .names()
        .map(|name| {
            let mut part = doc.clone();
            for other in doc.names().filter(|other| *other != name) {
                let _ = part.transact(us(), |tx| tx.remove(other));
            }
            part
        })
        .collect();
    let parts: Vec<&Document> = parts.iter().collect();
    let joined = join(&parts);
    assert_eq!(format!("{joined:?}"), format!("{:?}", join(&[&joined])));
    assert!(joined.items().eq(join(&[&joined]).items()));
}
