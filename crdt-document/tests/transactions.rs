//! Many writes, one delta, all or nothing.

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crdt_core::{Dot, Dotted};
use crdt_document::{Delta, Document, Merge, Transaction, Wire, WriteError};
use support::{EU, US, asia, at, eu, join, us};

/// What two replicas have written, so that there is something of others to supersede.
fn written() -> Document {
    let (mut here, mut there) = (Document::new(), Document::new());
    let write = |tx: &mut Transaction<'_>| {
        tx.counter("likes").increment(1)?;
        tx.pn_counter("stock").increment(5)?;
        tx.g_set("tags").add("new")?;
        tx.set("cart").add_all(["apple", "pear"])?;
        tx.register("name").set("Alice")?;
        tx.mv_register("address").set("1 Main St")
    };
    here.transact(eu(), write).unwrap();
    there.transact(us(), write).unwrap();
    there.transact(us(), |tx| tx.mv_register("address").set("2 High St")).unwrap();
    join(&[&here, &there])
}

/// Touches every place, some twice, and makes new ones.
fn touch_everything(tx: &mut Transaction<'_>) -> Result<(), WriteError> {
    for _ in 0..2 {
        tx.counter("likes").increment(1)?;
        tx.pn_counter("stock").decrement(2)?;
        tx.pn_counter("stock").reset()?;
        tx.g_set("tags").add("old")?;
        tx.set("cart").remove("apple")?;
        tx.set("cart").add_all(["apple", "plum"])?;
        tx.set("cart").remove("pear")?;
        tx.register("name").set("Alicia")?;
        tx.mv_register("address").resolve(|values| values[0].clone())?;
        tx.set("new").add(1)?;
        tx.counter("cart").increment(1)?;
        tx.mv_register("address").clear()?;
    }
    Ok(())
}

#[test]
fn a_transaction_is_one_delta() {
    let before = written();
    for author in [eu(), us(), asia()] {
        let mut doc = before.clone();
        let delta = doc.transact(author, touch_everything).unwrap();
        doc.internal_validate().unwrap();
        assert_eq!(join(&[&before, &delta]), doc);
        assert!(doc.mv_register("address").is_empty() && !doc.set("cart").contains("pear"));
        assert_eq!(doc.counter("likes").value(), 4);
        let again = Document::decode(&delta.encode()).unwrap();
        assert_eq!(again, delta);
    }
}

#[test]
fn the_bytes_of_a_change_are_had_without_the_change() {
    let before = written();
    let (mut doc, mut other) = (before.clone(), before);
    let delta = doc.transact(us(), touch_everything).unwrap();
    let dots = other.try_transact_dots(us(), touch_everything).unwrap();
    assert_eq!(&dots, delta.context());
    assert_eq!(other.encode_restricted(&dots), delta.encode());
    assert_eq!(other, doc);
    let unseen = [Dot::new(US, 1_000).unwrap()].into_iter().collect();
    assert_eq!(doc.encode_restricted(&unseen), Document::new().encode());
}

#[test]
fn what_was_added_before_the_dots_were_used_up_is_there() {
    let last = Dot::new(EU, Dot::MAX_COUNTER - 2).unwrap();
    for is_g_set in [false, true] {
        let mut doc = Document::dead([last].into_iter().collect());
        let refused = doc.transact(eu(), |tx| {
            let elements = ["c", "a", "d", "b"];
            let added = if is_g_set {
                tx.g_set("x").add_all(elements)
            } else {
                tx.set("x").add_all(elements)
            };
            assert!(matches!(added, Err(WriteError::DotsUsedUp { .. })));
            tx.document().internal_validate().unwrap();
            let here: Vec<_> = if is_g_set {
                tx.document().g_set("x").iter().collect()
            } else {
                tx.document().set("x").iter().collect()
            };
            assert_eq!(here, ["a", "c"]);
            added
        });
        assert!(refused.is_err() && doc.is_empty());
        doc.internal_validate().unwrap();
    }
}

#[test]
fn an_error_leaves_the_document_unchanged() {
    let before = written();
    for author in [eu(), us(), asia()] {
        let mut doc = before.clone();
        let refused = doc.transact(author, |tx| {
            touch_everything(tx)?;
            tx.counter("likes").increment(u64::MAX)
        });
        assert!(matches!(refused, Err(WriteError::CounterOverflow { .. })));
        assert_eq!(doc, before);
        doc.internal_validate().unwrap();
        assert!(doc.items().eq(before.items()));
        // Its dots are not used up: what is written next is what would have been written.
        let next = doc.transact(author, touch_everything).unwrap();
        assert_eq!(next, before.clone().transact(author, touch_everything).unwrap());
    }
}

#[test]
fn an_error_of_the_application_leaves_the_document_unchanged() {
    #[derive(Debug)]
    enum Refused {
        SoldOut,
        Write,
    }
    impl From<WriteError> for Refused {
        fn from(_: WriteError) -> Self {
            Self::Write
        }
    }

    let before = written();
    let mut doc = before.clone();
    let refused = doc.try_transact(us(), |tx| {
        touch_everything(tx)?;
        if tx.document().pn_counter("stock").value() == 0 {
            return Err(Refused::SoldOut);
        }
        Ok(())
    });
    assert!(matches!(refused, Err(Refused::SoldOut)));
    assert_eq!(doc, before);
}

#[test]
fn a_panic_leaves_the_document_unchanged() {
    let before = written();
    let mut doc = before.clone();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        doc.transact(eu(), |tx| {
            touch_everything(tx)?;
            panic!("on purpose")
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(doc, before);
    doc.internal_validate().unwrap();
}

/// An error that the transaction handles is no end of it: that one write was not made.
#[test]
fn a_write_that_is_refused_changes_nothing_of_the_others() {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| tx.counter("n").increment(u64::MAX)).unwrap();
    doc.transact(eu(), |tx| {
        tx.set("cart").add("apple")?;
        let refused = tx.counter("n").increment(1);
        assert!(refused.is_err());
        tx.counter("spare").increment(1)
    })
    .unwrap();
    assert!(doc.set("cart").contains("apple") && doc.counter("spare").value() == 1);
}

#[test]
fn what_was_written_is_read_within_the_transaction() {
    let mut doc = Document::new();
    doc.transact(eu(), |tx| {
        tx.counter("n").increment(1)?;
        assert_eq!(tx.counter("n").read().value(), 1);
        let mut cart = tx.set("cart");
        cart.add("apple")?;
        assert!(cart.read().contains("apple"));
        assert_eq!(tx.document().len(), 2);
        assert_eq!(tx.author(), eu());
        Ok(())
    })
    .unwrap();
}

/// A peer that has some of it already, or hears of it in two ways, takes it in all the same.
#[test]
fn a_peer_takes_a_transaction_in_whole() {
    let before = written();
    let mut doc = before.clone();
    let delta = doc.transact(at(EU, 2_000), touch_everything).unwrap();
    let mut peer = before;
    assert!(peer.merge(delta.clone()));
    assert_eq!(peer, doc);
    assert!(!peer.merge(delta.clone()));
    assert!(peer.merge_novel(delta).is_bottom());
}
