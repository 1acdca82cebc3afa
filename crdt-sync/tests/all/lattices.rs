//! What meeting again costs, whatever the lattice: equal replicas are silent after a few bytes, and
//! who has something is never sent everything.

use std::collections::BTreeMap;
use std::ops::Range;

use crdt_core::{ReplicaId, Timestamp};
use crdt_counters::GCounter;
use crdt_document::{Author, Document, WriteError};
use crdt_registers::LwwRegister;
use crdt_sets::{GSet, OrSet};
use crdt_sync::{Config, Lattice};

use crate::support::Fleet;
use crate::support::votes::Votes;

const LONG: u64 = 60_000;

/// So many elements, names or rows does each of three replicas write.
const EACH: u64 = 2_000;

/// Writes some of it in somebody's name, and returns the delta.
type Write<S> = fn(&mut S, ReplicaId, Timestamp, Range<u64>) -> S;

fn write<S: Lattice>(fleet: &mut Fleet<S>, write: Write<S>, which: Range<u64>) {
    let (now, many) = (fleet.now(), which.end - which.start);
    for (number, replica) in (0..).zip(&mut fleet.replicas) {
        let which = which.start + number * many..which.end + number * many;
        let written = replica.write_stamped(now, |state, me, stamp| write(state, me, stamp, which));
        written.expect("open");
    }
}

/// One of three parts from the others and meets them again; returns how many bytes the first of those
/// meetings takes, both ways.
fn meet_again<S: Lattice + PartialEq>(
    fleet: &mut Fleet<S>,
    meanwhile: impl FnOnce(&mut Fleet<S>),
) -> usize {
    for other in [1, 2] {
        fleet.disconnect(0, other);
    }
    fleet.run(LONG);
    meanwhile(fleet);
    fleet.run(LONG);
    fleet.forget_counts();
    fleet.connect(0, 1);
    fleet.run(LONG);
    let total = fleet.bytes[&(0, 1)] + fleet.bytes[&(1, 0)];
    fleet.connect(0, 2);
    fleet.run(LONG);
    assert!(fleet.are_equal());
    let all = fleet.total();
    fleet.run(LONG);
    assert_eq!(fleet.total(), all, "then there is silence");
    total
}

/// With and without a log to go by. Where there are digests alone to go by, those go both ways.
fn check<S: Lattice + PartialEq>(writes: Write<S>, digests: usize) {
    let without_log = Config { log_bytes: 0, ..Config::volatile() };
    for (config, digests) in [(Config::volatile(), 0), (without_log, digests)] {
        let mut fleet = Fleet::<S>::new(3, &config);
        write(&mut fleet, writes, 0..EACH);
        fleet.connect_all();
        fleet.run(LONG);
        assert!(fleet.are_equal());
        let whole = fleet.replicas[0].state().encode().len();
        assert!(whole > 40_000, "{whole}");

        let equal = meet_again(&mut fleet, |_| ());
        assert!(equal < 256, "{equal} bytes between equal replicas");

        let differing =
            meet_again(&mut fleet, |fleet| write(fleet, writes, 3 * EACH..3 * EACH + 1));
        assert!(differing < 4_096 + digests, "{differing}");
        assert!(differing < whole / 4, "{differing} of {whole}: that is hardly a difference");
    }
}

#[test]
fn or_set() {
    check::<OrSet<u64>>(|set, me, _, elements| set.add_all(me, elements), 0);
}

#[test]
fn g_set() {
    check::<GSet<u64>>(|set, _, _, elements| set.add_all(elements), 0);
}

#[test]
fn map_of_counters() {
    let count: Write<BTreeMap<String, GCounter>> = |counters, me, _, names| {
        let count = |name| {
            let name = format!("a counter of something {name}");
            let counter = counters.entry(name.clone()).or_default();
            (name, counter.increment(me).expect("no overflow"))
        };
        names.map(count).collect()
    };
    check(count, 0);
}

#[test]
fn tuple_of_a_set_and_a_register() {
    let change: Write<(GSet<u64>, LwwRegister<String>)> = |state, me, stamp, elements| {
        let value = format!("up to {}", elements.end);
        let written = state.1.set(me, stamp, value).expect("a stamp");
        (state.0.add_all(elements), written)
    };
    check(change, 0);
}

#[test]
fn document() {
    let change: Write<Document> = |doc, me, stamp, names| {
        let changed = doc.transact(Author::new(me, stamp), |tx| {
            for name in names {
                tx.register(&format!("name {name}")).set("value")?;
                tx.counter(&format!("count {name}")).increment(1)?;
            }
            Ok::<_, WriteError>(())
        });
        changed.expect("in order")
    };
    check(change, 0);
}

#[test]
fn own_lattice() {
    let vote: Write<Votes> = |votes, _, _, names| {
        let mut delta = Votes::default();
        for name in names {
            let long = format!("{name} {}", "of a list with a long name ".repeat(10));
            delta.count(&long, 1);
            votes.count(&long, 1);
        }
        delta
    };
    check(vote, usize::try_from(2 * 16 * 3 * EACH).expect("small"));
}
