//! Whatever has to be said, no message is longer than it may be.

use crdt_core::Reading;
use crdt_sets::{GSet, OrSet};
use crdt_sync::{Config, Lattice, Opening, Replica};

use crate::support::{Fleet, START_MS, Store};

const OPENINGS: u128 = 1_000;

/// A store that has been opened a thousand times in a month, and what it includes tells of all.
fn often_opened<S: Lattice>(
    number: u128,
    config: &Config,
    write: impl FnOnce(&mut Replica<S>),
) -> Store {
    let now = Reading::wall(START_MS);
    let mut replica = Replica::<S>::new(&Opening::new(number << 64, now), config.clone());
    write(&mut replica);
    for opening in 1..OPENINGS {
        let (snapshot, opening) = (replica.snapshot(), Opening::new(number << 64 | opening, now));
        replica = Replica::open(Some(&snapshot.bytes), [], &opening, config.clone())
            .expect("a store in order");
    }
    Store { snapshot: Some(replica.snapshot().bytes), records: Vec::new() }
}

fn check<S: Lattice + PartialEq>(
    log_bytes: usize,
    begin: impl Fn(&mut Replica<S>, u64),
    write: impl Fn(&mut Replica<S>, Reading, u64),
) {
    let config = Config { max_message: 1_024, log_bytes, ..Config::default() };
    let mut fleet = Fleet::<S>::new(3, &config);
    for (number, begins_with) in [(0, 0), (1, 500)] {
        let store = often_opened(1 + begins_with, &config, |replica| {
            begin(replica, u64::try_from(begins_with).expect("small"));
        });
        fleet.reopen(number, &store);
    }
    fleet.connect(0, 1);
    fleet.connect(1, 2);
    fleet.run_through_losses(1_200_000, |_, _, draw| draw(10) > 0);
    assert!(fleet.are_equal(), "at first");
    // Both ends have something new, and the log of neither reaches back.
    fleet.disconnect(0, 1);
    for number in 0..3 {
        let now = fleet.now();
        write(&mut fleet.replicas[number], now, 10_000 * (1 + number as u64));
    }
    fleet.connect(0, 1);
    fleet.run_through_losses(1_200_000, |_, _, draw| draw(10) > 0);
    assert!(fleet.are_equal(), "after both wrote");
    let tokens: Vec<_> = fleet.replicas.iter().map(Replica::token).collect();
    for replica in &fleet.replicas {
        assert!(tokens.iter().all(|token| replica.covers(token)));
    }
}

#[test]
fn a_message_was_longer_than_it_may_be_where_thousands_of_openings_are_known() {
    for log_bytes in [0, 1 << 20] {
        check::<OrSet<u64>>(
            log_bytes,
            |replica, from| {
                let now = Reading::wall(START_MS);
                replica.write(now, |set, me| set.add_all(me, from..from + 300)).expect("open");
            },
            |replica, now, from| {
                replica.write(now, |set, me| set.add_all(me, from..from + 20)).expect("open");
                replica.write(now, |set, _| set.remove(&7)).expect("open");
            },
        );
    }
    check::<GSet<Vec<u8>>>(
        0,
        |replica, from| {
            let now = Reading::wall(START_MS);
            let value = vec![from.to_le_bytes()[0]; 5_000];
            replica.write(now, |set, _| set.add(value)).expect("open");
        },
        |replica, now, from| {
            let value = from.to_le_bytes().repeat(400);
            replica.write(now, |set, _| set.add(value)).expect("open");
        },
    );
}

#[test]
fn a_longest_message_of_less_than_1024_bytes_counts_as_1024() {
    let now = Reading::wall(START_MS);
    let config = Config { max_message: 0, ..Config::volatile() };
    let mut fleet = Fleet::<GSet<Vec<u8>>>::new(2, &config);
    fleet.replicas[0].write(now, |set, _| set.add(vec![7; 5_000])).expect("open");
    fleet.connect(0, 1);
    fleet.run(10_000);
    assert!(fleet.are_equal());
    let least = Config::LEAST_MESSAGE;
    assert!(fleet.total() / fleet.messages.values().sum::<usize>() <= least);
}
