//! Where readers saw nothing although something was there before and after, or what was there twice.

use crdt_core::Timestamp;
use crdt_counters::GCounter;
use crdt_document::{Author, Document};
use crdt_sync::{Config, Event, Lattice};

use crate::support::{Fleet, Store};

const HOUR: u64 = 3_600_000;

fn set(fleet: &mut Fleet<Document>, number: usize, name: &str, text: &str, ahead_ms: u64) {
    let now = fleet.now();
    let write = |document: &mut Document, replica| {
        let ahead = Timestamp::from_millis(now.wall_ms + ahead_ms).expect("in range");
        let author = Author::new(replica, ahead);
        document.transact(author, |tx| tx.register(name).set(text)).expect("a register")
    };
    fleet.replicas[number].write(now, write).expect("open");
    fleet.persist(number);
}

fn shows(fleet: &Fleet<Document>, number: usize, name: &str) -> bool {
    fleet.replicas[number].state().names().any(|shown| shown == name)
}

#[test]
fn a_relay_does_not_pass_on_the_kill_of_what_it_never_had_while_its_replacement_waits() {
    for ahead_ms in [HOUR, 100 * HOUR] {
        let mut fleet = Fleet::<Document>::new(3, &Config::default());
        fleet.connect(0, 2);
        set(&mut fleet, 0, "title", "old", 0);
        fleet.run(10_000);
        fleet.disconnect(0, 2);
        set(&mut fleet, 0, "title", "new", ahead_ms);
        fleet.connect(0, 1);
        fleet.connect(1, 2);
        for _ in 0..60 {
            fleet.run(1_000);
            assert!(shows(&fleet, 2, "title"));
        }
        fleet.run(ahead_ms);
        assert!(fleet.are_equal());
    }
}

#[test]
fn what_is_due_in_quarantine_when_a_part_comes_is_not_taken_for_the_parts() {
    let config = Config { max_message: 1_024, ..Config::default() };
    let mut fleet = Fleet::<Document>::new(3, &config);
    fleet.connect(0, 1);
    fleet.connect(1, 2);
    fleet.run(10_000);
    set(&mut fleet, 0, "future", "v", HOUR);
    let token = fleet.replicas[0].token();
    fleet.run(10_000);
    fleet.disconnect(0, 1);
    fleet.run(HOUR - 200_000);
    assert_eq!(fleet.replicas[1].quarantined().0, 1);
    // It is due; before 1 is asked, a long change of 2's comes.
    fleet.now_ms += 200_000;
    set(&mut fleet, 2, "long", &"x".repeat(3_000), 0);
    let now = fleet.now();
    while let Some(message) = fleet.replicas[2].next_message(now) {
        let from = Fleet::<Document>::peer(2);
        fleet.replicas[1].receive(from, &message.bytes, now).expect("understood");
    }
    for _ in 0..100 {
        fleet.run(100);
        assert!(shows(&fleet, 2, "future") || !fleet.replicas[2].covers(&token));
    }
    assert!(shows(&fleet, 2, "future"));
    let diverged = |(_, event): &(usize, Event<_>)| matches!(event, Event::Diverged { .. });
    assert!(!fleet.events.iter().any(diverged));
}

#[test]
fn of_what_a_relay_took_in_by_pieces_no_kill_overtakes_what_replaces_it() {
    for lost in 0..10 {
        let small = Config { max_message: 1_024, log_bytes: 0, ..Config::default() };
        let large = Config { log_bytes: 1 << 20, ..small.clone() };
        let mut fleet = Fleet::<Document>::with(&[small, large.clone(), large]);
        fleet.connect_all();
        set(&mut fleet, 0, "title", &"o".repeat(700), 0);
        fleet.run(20_000);
        for (one, other) in [(0, 1), (0, 2), (1, 2)] {
            fleet.disconnect(one, other);
        }
        set(&mut fleet, 0, "title", &"n".repeat(700), 0);
        set(&mut fleet, 0, "other", &"n".repeat(700), 0);
        set(&mut fleet, 1, "here", "x", 0);
        fleet.connect(0, 1);
        fleet.run(20_000);
        fleet.connect(1, 2);
        let mut sent = 0;
        for _ in 0..300 {
            fleet.now_ms += 10;
            let now = fleet.now();
            for (from, to) in [(1, 2), (2, 1), (1, 2), (2, 1)] {
                fleet.persist(from);
                while let Some(message) = fleet.replicas[from].next_message(now) {
                    sent += usize::from(from == 1);
                    if from == 1 && sent == lost + 1 {
                        continue;
                    }
                    let peer = Fleet::<Document>::peer(from);
                    // After a greeting that was lost, some are not understood.
                    let _understood = fleet.replicas[to].receive(peer, &message.bytes, now);
                    fleet.persist(to);
                }
            }
            assert!(shows(&fleet, 2, "title"), "message {lost} of {sent} was lost");
        }
        fleet.run(60_000);
        assert!(fleet.are_equal());
    }
}

fn count(fleet: &mut Fleet<GCounter>, number: usize, by: u64) {
    let now = fleet.now();
    let write = |counter: &mut GCounter, me| counter.increment_by(me, by).expect("fits");
    fleet.replicas[number].write(now, write).expect("open");
    fleet.persist(number);
}

/// 0 and 1 are copies of a store that has counted to 1, and 0 has counted 5 more.
fn copies() -> Fleet<GCounter> {
    fn close<S: Lattice>(fleet: &mut Fleet<S>, number: usize) -> Store {
        fleet.replicas[number].close();
        fleet.persist(number);
        fleet.stores[number].clone()
    }

    let mut fleet = Fleet::<GCounter>::new(3, &Config::default());
    fleet.has_copies = true;
    count(&mut fleet, 0, 1);
    let store = close(&mut fleet, 0);
    for copy in [0, 1] {
        fleet.reopen(copy, &store);
        fleet.persist(copy);
    }
    count(&mut fleet, 0, 5);
    fleet
}

#[test]
fn what_a_peer_has_by_its_greeting_is_not_written_anew_when_that_tells_of_a_twin() {
    let mut fleet = copies();
    fleet.connect(0, 2);
    let now = fleet.now();
    for _ in 0..4 {
        fleet.persist(0);
        fleet.persist(2);
        while let Some(message) = fleet.replicas[0].next_message(now) {
            let from = Fleet::<GCounter>::peer(0);
            fleet.replicas[2].receive(from, &message.bytes, now).expect("understood");
            fleet.persist(2);
        }
        // What 2 says after its greeting is lost.
        while let Some(message) = fleet.replicas[2].next_message(now) {
            if message.bytes[1] == 0 {
                let from = Fleet::<GCounter>::peer(2);
                fleet.replicas[0].receive(from, &message.bytes, now).expect("understood");
            }
        }
    }
    fleet.disconnect(0, 2);
    assert_eq!(fleet.replicas[2].state().value(), 6);
    fleet.connect(1, 2);
    fleet.run(30_000);
    fleet.connect(0, 2);
    fleet.run(120_000);
    assert!(fleet.are_equal());
    assert_eq!(fleet.replicas[2].state().value(), 6);
}

#[test]
fn what_a_snapshot_holds_is_not_written_anew_when_that_tells_of_a_twin() {
    let mut fleet = copies();
    for (from, to) in [(0, 2), (1, 2), (2, 0), (2, 1), (0, 2), (1, 2), (2, 0), (2, 1)] {
        let snapshot = fleet.replicas[from].snapshot().bytes;
        let now = fleet.now();
        fleet.replicas[to].merge_snapshot(&snapshot, now).expect("of another");
        fleet.persist(to);
    }
    assert!(fleet.are_equal());
    assert_eq!(fleet.replicas[2].state().value(), 6);
}

#[test]
fn a_closed_replica_asks_for_nothing() {
    let mut fleet = Fleet::<Document>::new(2, &Config::default());
    fleet.connect(0, 1);
    fleet.run(1_000);
    set(&mut fleet, 0, "future", "v", HOUR);
    fleet.run(1_000);
    assert_eq!(fleet.replicas[1].quarantined().0, 1);
    fleet.replicas[1].close();
    assert_eq!(fleet.replicas[1].next_deadline(), None);
}
