//! Who has nothing is brought what there is by one peer, whoever is gone and whatever is lost.

use crdt_sets::GSet;
use crdt_sync::Config;

use crate::support::Fleet;

type Set = GSet<Vec<u8>>;

const LONG: u64 = 60_000;

fn value(number: u64) -> Vec<u8> {
    number.to_le_bytes().repeat(128)
}

fn write(fleet: &mut Fleet<Set>, number: usize, values: core::ops::Range<u64>) {
    let now = fleet.now();
    fleet.replicas[number].write(now, |set, _| set.add_all(values.map(value))).expect("open");
}

/// A mesh of all but the last, in which the first has written so much, and the last is connected
/// with all others.
fn joined(count: usize, values: u64, config: &Config) -> Fleet<Set> {
    let mut fleet = Fleet::<Set>::new(count, config);
    write(&mut fleet, 0, 0..values);
    for other in 0..count - 1 {
        for one in 0..other {
            fleet.connect(one, other);
            fleet.run(1_000);
        }
    }
    fleet.run(LONG);
    fleet.forget_counts();
    for one in 0..count - 1 {
        fleet.connect(one, count - 1);
    }
    fleet
}

fn sent_to(fleet: &Fleet<Set>, number: usize) -> usize {
    fleet.bytes.iter().filter(|((_, to), _)| *to == number).map(|(_, bytes)| *bytes).sum()
}

#[test]
fn a_newcomer_to_a_mesh_was_sent_the_state_by_every_peer() {
    for (log_bytes, max_message) in [(0, 1_024), (0, 1 << 20), (1 << 20, 1_024), (1 << 20, 1 << 20)]
    {
        for values in [10, 100] {
            let config = Config { log_bytes, max_message, ..Config::volatile() };
            let mut fleet = joined(8, values, &config);
            fleet.run(LONG);
            assert!(fleet.are_equal());
            let state = 1_024 * usize::try_from(values).expect("small");
            let sent = sent_to(&fleet, 7);
            let allowance = 8 * 1_024;
            assert!(sent < state + state / 4 + allowance, "{sent} for {state}, {config:?}");
            let total = fleet.total();
            fleet.run(100 * LONG);
            assert_eq!(fleet.total(), total, "then there is silence");
        }
    }
}

#[test]
fn a_newcomer_asks_another_when_the_one_that_it_asked_is_gone() {
    for log_bytes in [0, 1 << 20] {
        let config = Config { log_bytes, max_message: 1_024, ..Config::volatile() };
        // Whoever is asked first, brings half of it, and is heard no more.
        let mut fleet = joined(4, 100, &config);
        fleet.run_through_losses(2 * LONG, |from, to, draw| from != 0 || to != 3 || draw(20) > 0);
        assert!(fleet.are_equal());
        let mut fleet = joined(4, 100, &config);
        let mut left = 50;
        fleet.run_through_losses(2 * LONG, |from, to, _| {
            left -= i32::from((from, to) == (0, 3));
            left > 0 || (from, to) != (0, 3)
        });
        assert!(fleet.replicas[3].state() == fleet.replicas[1].state());
        // Or the connection ends, and both know.
        let mut fleet = joined(4, 100, &config);
        fleet.run_through_losses(100, |_, _, _| true);
        fleet.disconnect(0, 3);
        fleet.run(LONG);
        assert!(fleet.are_equal());
    }
}

#[test]
fn a_newcomer_writes_meanwhile() {
    for log_bytes in [0, 1 << 20] {
        let config = Config { log_bytes, max_message: 1_024, ..Config::default() };
        let mut fleet = joined(4, 100, &config);
        let mut tokens = Vec::new();
        for round in 0..20 {
            write(&mut fleet, 3, 1_000 + round..1_001 + round);
            write(&mut fleet, 1, 2_000 + round..2_001 + round);
            tokens.extend([fleet.replicas[3].token(), fleet.replicas[1].token()]);
            fleet.run_through_losses(20, |_, _, _| true);
        }
        fleet.run(LONG);
        assert!(fleet.are_equal());
        for replica in &fleet.replicas {
            assert!(tokens.iter().all(|token| replica.covers(token)));
        }
    }
}

#[test]
fn a_newcomer_that_had_written_more_than_its_log_holds_wanted_to_be_asked_again_at_once() {
    let config = Config { log_bytes: 3_000, max_message: 1_024, ..Config::volatile() };
    let mut fleet = joined(3, 100, &config);
    fleet.run_through_losses(130, |_, _, _| true);
    for round in 0..5 {
        write(&mut fleet, 2, 1_000 + round..1_001 + round);
    }
    // Whoever was asked is silent; the other waits for what that brings.
    fleet.run_through_losses(1_000, |from, to, _| (from, to) != (0, 2));
    fleet.run(LONG);
    assert!(fleet.are_equal());
}

#[test]
fn newcomers_do_not_wait_for_each_other() {
    for log_bytes in [0, 1 << 20] {
        let config = Config { log_bytes, max_message: 1_024, ..Config::volatile() };
        // One beyond the other: whoever has been brought up brings up the next.
        let mut fleet = Fleet::<Set>::new(4, &config);
        write(&mut fleet, 0, 0..50);
        for (one, other) in [(2, 3), (1, 2), (1, 3), (0, 1)] {
            fleet.connect(one, other);
        }
        fleet.run(LONG);
        assert!(fleet.are_equal());
        assert!(sent_to(&fleet, 3) < 2 * 50 * 1_024, "{}", sent_to(&fleet, 3));
        // The only one who had something is gone before all of it has come.
        let mut fleet = Fleet::<Set>::new(3, &config);
        write(&mut fleet, 0, 0..50);
        fleet.connect(1, 2);
        fleet.connect(0, 1);
        let mut left = 20;
        fleet.run_through_losses(LONG, |from, _, _| {
            left -= i32::from(from == 0);
            left > 0 || from != 0
        });
        write(&mut fleet, 1, 100..101);
        write(&mut fleet, 2, 200..201);
        fleet.run_through_losses(LONG, |from, to, _| from != 0 && to != 0);
        assert!(fleet.replicas[1].state() == fleet.replicas[2].state());
        // And nobody has anything.
        let mut fleet = Fleet::<Set>::new(3, &config);
        fleet.connect_all();
        fleet.run(LONG);
        write(&mut fleet, 1, 0..50);
        write(&mut fleet, 2, 50..51);
        fleet.run(LONG);
        assert!(fleet.are_equal());
    }
}

#[test]
fn newcomers_to_a_lossy_network_are_all_brought_up() {
    for (log_bytes, max_message) in [(0, 1_024), (1 << 20, 1 << 20)] {
        let config = Config { log_bytes, max_message, ..Config::default() };
        let mut fleet = Fleet::<Set>::new(6, &config);
        write(&mut fleet, 0, 0..50);
        fleet.connect_all();
        fleet.run_through_losses(5 * LONG, |_, _, draw| draw(3) > 0);
        write(&mut fleet, 5, 100..101);
        fleet.run_through_losses(10 * LONG, |_, _, draw| draw(3) > 0);
        assert!(fleet.are_equal());
    }
}
