//! Fleets that are upgraded one by one.

use crdt_sets::GSet;
use crdt_sync::{Config, MINOR};

use crate::support::Fleet;

/// Three replicas in a row, of which the one in the middle speaks the minor version before.
fn mixed(log_bytes: usize) -> Fleet<GSet<u64>> {
    let newest = Config { log_bytes, ..Config::volatile() };
    let older = Config { minor: MINOR - 1, ..newest.clone() };
    let mut fleet = Fleet::with(&[newest.clone(), older, newest]);
    fleet.connect(0, 1);
    fleet.connect(1, 2);
    fleet.connect(0, 2);
    fleet.run(1_000);
    fleet
}

#[test]
fn neighbours_one_minor_version_apart_work_together() {
    for log_bytes in [0, 1 << 20] {
        let mut fleet = mixed(log_bytes);
        for round in 0..3 {
            for (one, other) in [(0, 1), (1, 2), (0, 2)] {
                fleet.disconnect(one, other);
            }
            let now = fleet.now();
            for (number, replica) in (0..).zip(&mut fleet.replicas) {
                let elements = (0..500).map(|element| element + 500 * (number + 3 * round));
                replica.write(now, |set, _| set.add_all(elements)).expect("open");
            }
            fleet.run(1_000);
            for (one, other) in [(0, 1), (1, 2), (0, 2)] {
                fleet.connect(one, other);
            }
            fleet.run(60_000);
            assert!(fleet.are_equal());
            assert_eq!(fleet.replicas[0].state().len() as u64, 1_500 * (round + 1));
        }
    }
}
