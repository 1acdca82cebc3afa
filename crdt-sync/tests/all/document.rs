//! Documents, kept together.

use crdt_core::Timestamp;
use crdt_document::{Author, Document, Kind, WriteError};
use crdt_sync::{Config, Event, TryWriteError};

use crate::support::Fleet;

fn pair(config: &Config) -> Fleet<Document> {
    let mut fleet = Fleet::new(2, config);
    fleet.connect(0, 1);
    fleet.run(1_000);
    fleet.events.clear();
    fleet
}

/// The names that one replica was told of since, change by change.
fn named(fleet: &Fleet<Document>, number: usize) -> Vec<Vec<String>> {
    let changes = fleet.events.iter().filter_map(|(at, event)| match event {
        Event::Changed { names, .. } if *at == number => Some(names.clone()),
        _ => None,
    });
    changes.collect()
}

#[test]
fn an_application_is_told_what_changed_by_name_removals_included() {
    let mut fleet = pair(&Config::volatile());
    let now = fleet.now();
    let write = |doc: &mut Document, me, stamp| {
        doc.transact(Author::new(me, stamp), |tx| {
            tx.set("cart").add("apple")?;
            tx.counter("likes").increment(1)?;
            tx.register("name").set("Alice")
        })
    };
    fleet.replicas[0].try_write(now, write).expect("written");
    fleet.run(1_000);
    assert_eq!(named(&fleet, 1), [["cart", "likes", "name"]]);
    fleet.events.clear();
    let now = fleet.now();
    let remove = |doc: &mut Document, me, stamp| {
        doc.transact(Author::new(me, stamp), |tx| tx.set("cart").remove("apple"))
    };
    fleet.replicas[0].try_write(now, remove).expect("written");
    fleet.run(1_000);
    assert_eq!(named(&fleet, 1), [["cart"]]);
    assert!(!fleet.replicas[1].state().set("cart").contains("apple"));
}

#[test]
fn a_transaction_arrives_as_a_whole_however_long_it_is() {
    for max_message in [1_024, 1 << 20] {
        let mut fleet = pair(&Config { max_message, ..Config::volatile() });
        let now = fleet.now();
        let write = |doc: &mut Document, me, stamp| {
            doc.transact(Author::new(me, stamp), |tx| {
                for number in 0..500 {
                    tx.register(&format!("field {number}")).set("a value")?;
                }
                Ok(())
            })
        };
        let token = fleet.replicas[0].try_write(now, write).expect("written");
        fleet.run(10_000);
        assert_eq!(named(&fleet, 1).len(), 1, "merged at once");
        assert_eq!(fleet.replicas[1].state().len(), 500);
        assert!(fleet.replicas[1].covers(&token));
    }
}

#[test]
fn of_a_transaction_only_the_value_from_the_future_waits() {
    let mut fleet = pair(&Config::volatile());
    let now = fleet.now();
    let hour = 3_600_000;
    let ahead = Timestamp::from_millis(now.wall_ms + hour).expect("in range");
    let before = |doc: &mut Document, me, stamp| {
        doc.transact(Author::new(me, stamp), |tx| tx.register("name").set("Alice"))
    };
    fleet.replicas[0].try_write(now, before).expect("written");
    fleet.run(1_000);
    let write = |doc: &mut Document, me| {
        let written = doc.transact(Author::new(me, ahead), |tx| {
            tx.set("cart").add("apple")?;
            tx.register("name").set("Bob")
        });
        written.expect("written")
    };
    let now = fleet.now();
    fleet.replicas[0].write(now, write).expect("open");
    fleet.run(1_000);
    let there = fleet.replicas[1].state();
    assert!(there.set("cart").contains("apple"));
    assert_eq!(there.register("name").get(), Some(&"Alice".into()), "no gap in between");
    fleet.run(hour);
    assert_eq!(fleet.replicas[1].state().register("name").get(), Some(&"Bob".into()));
    assert!(fleet.are_equal());
}

#[test]
fn a_transaction_that_fails_writes_nothing() {
    let mut fleet = pair(&Config::volatile());
    let now = fleet.now();
    let token = fleet.replicas[0].token();
    let write = |doc: &mut Document, me, stamp| {
        doc.transact(Author::new(me, stamp), |tx| {
            tx.set("cart").add("apple")?;
            tx.g_set("tags").add("new")?;
            tx.remove_kind("tags", Kind::GSet)
        })
    };
    let failed = fleet.replicas[0].try_write(now, write);
    assert!(matches!(failed, Err(TryWriteError::Change(WriteError::GrowOnly { .. }))));
    assert_eq!(fleet.replicas[0].token(), token);
    assert!(fleet.replicas[0].state().is_empty());
}

#[test]
fn one_name_used_with_two_kinds_is_told_to_the_application() {
    let mut fleet = Fleet::<Document>::new(2, &Config::volatile());
    let now = fleet.now();
    let add = |doc: &mut Document, me, stamp| {
        doc.transact(Author::new(me, stamp), |tx| tx.set("guests").add("Alice"))
    };
    fleet.replicas[0].try_write(now, add).expect("written");
    let count = |doc: &mut Document, me, stamp| {
        doc.transact(Author::new(me, stamp), |tx| tx.counter("guests").increment(1))
    };
    fleet.replicas[1].try_write(now, count).expect("written");
    fleet.connect(0, 1);
    fleet.run(1_000);
    for number in 0..2 {
        assert_eq!(named(&fleet, number), [["guests"]]);
        let doc = fleet.replicas[number].state();
        assert_eq!(doc.conflicts().count(), 1);
        assert!(doc.set("guests").contains("Alice"));
        assert_eq!(doc.counter("guests").value(), 1);
    }
}
