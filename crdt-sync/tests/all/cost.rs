//! What staying together costs, in bytes and messages.

use std::ops::Range;
use std::sync::OnceLock;

use crdt_core::{Timestamp, Wire};
use crdt_document::{Author, Document, WriteError};
use crdt_sets::{GSet, OrSet};
use crdt_sync::{Config, Event, Lattice};

use crate::support::shapes::{MANY, SHAPES, Shape};
use crate::support::{Fleet, START_MS, Store};

const LONG: u64 = 60_000;

/// Nothing of the log is kept, so that whoever was away has to be compared with.
fn without_log() -> Config {
    Config { log_bytes: 0, ..Config::volatile() }
}

fn together<S: Lattice + PartialEq>(
    count: usize,
    config: &Config,
    fill: impl FnOnce(&mut Fleet<S>),
) -> Fleet<S> {
    let mut fleet = Fleet::new(count, config);
    fill(&mut fleet);
    fleet.connect_all();
    fleet.run(LONG);
    assert!(fleet.are_equal());
    fleet.forget_counts();
    fleet
}

/// Sets of 10^5 elements, of each shape.
fn sets(count: usize, config: &Config) -> impl Iterator<Item = (Shape, Fleet<OrSet<u64>>)> {
    static STORES: [OnceLock<Store>; SHAPES.len()] = [const { OnceLock::new() }; SHAPES.len()];
    SHAPES.iter().zip(&STORES).map(move |(shape, store)| {
        let make =
            || shape.store(|set: &mut OrSet<u64>, me, elements| drop(set.add_all(me, elements)));
        let store = store.get_or_init(make);
        (*shape, together(count, config, |fleet| fleet.begin_from(store)))
    })
}

fn part(fleet: &mut Fleet<impl Lattice>) {
    fleet.disconnect(0, 1);
    fleet.run(LONG);
    fleet.forget_counts();
}

fn reunite<S: Lattice + PartialEq>(fleet: &mut Fleet<S>) -> usize {
    fleet.connect(0, 1);
    fleet.run(LONG);
    assert!(fleet.are_equal());
    let total = fleet.total();
    fleet.run(LONG);
    assert_eq!(fleet.total(), total, "then there is silence");
    total
}

#[test]
fn a_change_among_many_costs_its_bytes_and_32() {
    for (shape, mut fleet) in sets(3, &Config::volatile()) {
        let now = fleet.now();
        // The dictionary of each link is agreed on with the first change over it.
        fleet.replicas[0].write(now, |set, me| set.add(me, 2 * MANY)).expect("open");
        fleet.run(LONG);
        fleet.forget_counts();
        let mut change = 0;
        let write = |set: &mut OrSet<u64>, me| {
            let delta = set.add(me, 2 * MANY + 1);
            change = delta.encode().len();
            delta
        };
        let now = fleet.now();
        fleet.replicas[0].write(now, write).expect("open");
        fleet.settle();
        for peer in [1, 2] {
            let bytes = fleet.bytes[&(0, peer)];
            assert!(bytes <= change + 32, "{bytes} for {change}, {shape:?}");
        }
        fleet.run(LONG);
        assert!(fleet.are_equal());
    }
}

#[test]
fn equal_sets_that_reconnect_are_silent_after_256_bytes() {
    for config in [Config::volatile(), without_log()] {
        for (shape, mut fleet) in sets(3, &config) {
            part(&mut fleet);
            let total = reunite(&mut fleet);
            assert!(total < 256 + shape.dictionary(3), "{total}, {shape:?}");
        }
    }
}

#[test]
fn three_equal_replicas_that_reconnect_are_silent_after_256_bytes_a_link() {
    for config in [Config::volatile(), without_log()] {
        let mut fleet = together(3, &config, |_: &mut Fleet<OrSet<u64>>| ());
        for element in 0..3_000 {
            let (now, number) = (fleet.now(), usize::try_from(element % 3).expect("few"));
            fleet.replicas[number].write(now, |set, me| set.add(me, element)).expect("open");
            fleet.settle();
        }
        fleet.run(LONG);
        part(&mut fleet);
        let total = reunite(&mut fleet);
        assert!(total < 256, "{total}");
    }
}

#[test]
fn a_thousand_adds_on_each_side() {
    for (shape, mut fleet) in sets(2, &without_log()) {
        part(&mut fleet);
        let now = fleet.now();
        let mut elements = 0;
        for (side, replica) in (2..).zip(&mut fleet.replicas) {
            let write = |set: &mut OrSet<u64>, me| {
                elements += 8 * 1_000;
                set.add_all(me, (0..1_000).map(|n| side * MANY + n))
            };
            replica.write(now, write).expect("open");
        }
        let total = reunite(&mut fleet);
        let most = elements + 3 * 2_000 + 1_024 + shape.dictionary(2);
        assert!(total <= most, "{total} of {most}, {shape:?}");
    }
}

#[test]
fn a_thousand_removals_that_the_other_has_not_seen() {
    for (shape, mut fleet) in sets(2, &without_log()) {
        part(&mut fleet);
        let now = fleet.now();
        let remove = |set: &mut OrSet<u64>, _| {
            let leaving: Vec<u64> = (0..1_000).map(|n| n * 97).collect();
            set.remove_all(&leaving)
        };
        fleet.replicas[0].write(now, remove).expect("open");
        let total = reunite(&mut fleet);
        let most = 16 * 1_024 + shape.dictionary(2);
        assert!(total <= most, "{total} of {most}, {shape:?}");
    }
}

#[test]
fn a_grow_only_set_with_a_thousand_more_on_each_side() {
    let fill = |fleet: &mut Fleet<GSet<u64>>| {
        let now = fleet.now();
        for replica in &mut fleet.replicas {
            replica.write(now, |set, _| set.add_all(0..MANY)).expect("open");
        }
    };
    let mut fleet = together(2, &without_log(), fill);
    part(&mut fleet);
    let now = fleet.now();
    for (side, replica) in (0..).zip(&mut fleet.replicas) {
        let elements = (0..1_000).map(|n| MANY + 1_000 * side + n);
        replica.write(now, |set, _| set.add_all(elements)).expect("open");
    }
    let total = reunite(&mut fleet);
    assert!(total <= 8 * 2_000 + 24 * 2_000 + 4 * 1_024, "{total}");
}

#[test]
fn a_mesh_of_eight_forwards_hardly_anything() {
    let mut fleet = together(8, &Config::volatile(), |_: &mut Fleet<GSet<Vec<u8>>>| ());
    for round in 0..100u8 {
        let now = fleet.now();
        fleet.replicas[0].write(now, |set, _| set.add(vec![round; 1_024])).expect("open");
        fleet.run(100);
    }
    assert!(fleet.are_equal());
    fleet.run(LONG);
    let total = fleet.total();
    assert!(total <= 2 * 100 * 1_024 * 7, "{total}");
    let payloads = fleet.events.iter().filter(|(_, event)| matches!(event, Event::Changed { .. }));
    assert_eq!(payloads.count(), 700, "each change reached each other replica once");
}

/// Documents of 10^5 names, of the plainest shape and of the one that has everything.
fn documents(count: usize, config: &Config) -> impl Iterator<Item = (Shape, Fleet<Document>)> {
    static STORES: [OnceLock<Store>; 2] = [const { OnceLock::new() }; 2];
    let stamp = Timestamp::from_millis(START_MS).expect("in range");
    [SHAPES[0], SHAPES[4]].into_iter().zip(&STORES).map(move |(shape, store)| {
        let write = |doc: &mut Document, me, names: Range<u64>| {
            let written = doc.transact(Author::new(me, stamp), |tx| {
                for number in names {
                    tx.register(&name(number)).set("a value that was there before")?;
                }
                Ok::<_, WriteError>(())
            });
            written.expect("in order");
        };
        let store = store.get_or_init(|| shape.store(write));
        (shape, together(count, config, |fleet| fleet.begin_from(store)))
    })
}

fn name(number: u64) -> String {
    format!("a name that says something {number:06}")
}

/// Changes a hundred names on each side, and tells how many bytes names and values take.
fn change_hundred(fleet: &mut Fleet<Document>) -> usize {
    let now = fleet.now();
    let mut bytes = 0;
    for (side, replica) in (0..).zip(&mut fleet.replicas) {
        let change = |doc: &mut Document, me, stamp| {
            doc.transact(Author::new(me, stamp), |tx| {
                for number in 0..100 {
                    let (name, value) = (name(997 * number + side), format!("changed by {side}"));
                    bytes += name.len() + value.len();
                    tx.register(&name).set(value)?;
                }
                Ok::<_, WriteError>(())
            })
        };
        replica.try_write(now, change).expect("written");
    }
    bytes
}

#[test]
fn a_document_of_which_a_hundred_names_changed_on_each_side() {
    for (config, allowance) in [(Config::volatile(), 0), (without_log(), 32 * 1_024)] {
        for (shape, mut fleet) in documents(2, &config) {
            part(&mut fleet);
            let changed = change_hundred(&mut fleet);
            let total = reunite(&mut fleet);
            let most = changed + 64 * 200 + allowance + shape.dictionary(2);
            assert!(total <= most, "{total} of {most}, {shape:?}");
        }
    }
}
