//! Applying a change costs what the change costs, however large the state is: counted in
//! operations on elements.

use std::cell::Cell;
use std::hash::{Hash, Hasher};

use crdt_core::wire::{DecodeError, Reader, Wire, Writer};
use crdt_sets::OrSet;
use crdt_sync::Config;

use crate::support::Fleet;

thread_local! {
    static OPERATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    OPERATIONS.set(OPERATIONS.get() + 1);
}

/// An element that counts whatever is done to it.
#[derive(Debug)]
struct Counted(u64);

impl Clone for Counted {
    fn clone(&self) -> Self {
        count();
        Self(self.0)
    }
}

impl PartialEq for Counted {
    fn eq(&self, other: &Self) -> bool {
        count();
        self.0 == other.0
    }
}

impl Eq for Counted {}

impl Hash for Counted {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        count();
        self.0.hash(hasher);
    }
}

impl Wire for Counted {
    fn write_to(&self, writer: &mut Writer) {
        count();
        self.0.write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        count();
        u64::read_from(reader).map(Self)
    }
}

/// Adds, adds again and removes an element in one replica of a state of `size`; returns the
/// operations that this takes in it and in the peer that hears of it.
fn operations(size: u64) -> usize {
    let mut fleet = Fleet::<OrSet<Counted>>::new(2, &Config::volatile());
    let now = fleet.now();
    fleet.replicas[0].write(now, |set, me| set.add_all(me, (0..size).map(Counted))).expect("open");
    fleet.connect(0, 1);
    fleet.run(60_000);
    assert_eq!(fleet.replicas[1].state().len() as u64, size);
    OPERATIONS.set(0);
    for _ in 0..2 {
        let now = fleet.now();
        fleet.replicas[0].write(now, |set, me| set.add(me, Counted(size))).expect("open");
        fleet.settle();
        fleet.run(100);
    }
    let now = fleet.now();
    fleet.replicas[0].write(now, |set, _| set.remove(&Counted(size))).expect("open");
    fleet.settle();
    fleet.run(100);
    assert_eq!(fleet.replicas[1].state().len() as u64, size);
    OPERATIONS.get()
}

#[test]
fn a_change_costs_the_same_in_a_small_state_and_a_large_one() {
    let small = operations(1_000);
    for size in [10_000, 100_000, 1_000_000] {
        let counted = operations(size);
        // Which slot of a hash table an element shares with others is up to chance.
        assert!(counted <= small + small / 4, "{counted} at {size}, {small} at 1,000");
    }
}
