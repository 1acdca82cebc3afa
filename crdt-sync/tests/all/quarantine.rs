//! Values from a clock that is ahead.

use crdt_core::{Merge, Reading, Timestamp};
use crdt_document::{Author, Document};
use crdt_registers::LwwRegister;
use crdt_sets::GSet;
use crdt_sync::{Config, Event};

use crate::support::Fleet;

/// A set, which bears no timestamps, and a register, which does.
type Pair = (GSet<u8>, LwwRegister<u8>);

const HOUR: u64 = 3_600_000;

fn set(fleet: &mut Fleet<Pair>, number: usize, value: u8, ahead_ms: u64) {
    let now = fleet.now();
    let ahead = Timestamp::from_millis(now.wall_ms + ahead_ms).expect("in range");
    let write = |(set, register): &mut Pair, me| {
        let written = register.set(me, ahead, value).expect("a stamp");
        (set.add(value), written)
    };
    fleet.replicas[number].write(now, write).expect("open");
}

fn pair() -> Fleet<Pair> {
    let mut fleet = Fleet::new(2, &Config::default());
    fleet.connect(0, 1);
    fleet.run(1_000);
    fleet
}

#[test]
fn a_value_from_the_future_waits_while_the_rest_of_its_change_is_merged() {
    let mut fleet = pair();
    let now = fleet.now();
    set(&mut fleet, 0, 7, HOUR);
    let token = fleet.replicas[0].token();
    fleet.run(1_000);
    let (tags, register) = fleet.replicas[1].state();
    assert!(tags.contains(&7));
    assert_eq!(register.get(), None);
    assert_eq!(fleet.replicas[1].quarantined().0, 1);
    assert!(!fleet.replicas[1].covers(&token), "reads do not show it, and tokens say so");
    let is_told = |(_, event): &(usize, Event<Pair>)| matches!(event, Event::Quarantined { .. });
    assert!(fleet.events.iter().any(is_told));

    // What is written later elsewhere goes on arriving meanwhile, and nothing is sent again.
    set(&mut fleet, 1, 8, 0);
    fleet.run(HOUR / 2);
    assert!(fleet.replicas[0].state().0.contains(&8));
    assert!(fleet.total() < 10_000, "{}", fleet.total());

    fleet.run(HOUR);
    assert_eq!(fleet.replicas[1].quarantined(), (0, 0));
    assert_eq!(fleet.replicas[1].state().1.get(), Some(&7));
    assert!(fleet.replicas[1].covers(&token));
    assert!(fleet.are_equal());
    assert!(fleet.now_ms > now.wall_ms + HOUR);
}

#[test]
fn what_waits_is_not_passed_on_and_reaches_everybody_in_time() {
    let mut fleet = Fleet::<Pair>::new(3, &Config::default());
    fleet.connect(0, 1);
    fleet.connect(1, 2);
    fleet.run(1_000);
    set(&mut fleet, 0, 7, HOUR);
    fleet.run(10_000);
    assert_eq!(fleet.replicas[1].quarantined().0, 1);
    assert_eq!(fleet.replicas[2].quarantined().0, 0);
    let token = fleet.replicas[0].token();
    fleet.run(HOUR + 10_000);
    assert!(fleet.are_equal());
    assert!(fleet.replicas[2].covers(&token));
}

/// The events of a replica, and those of its peer, that tell of a refused value.
fn refusals(fleet: &Fleet<Pair>) -> (usize, usize) {
    let count =
        |is: fn(&Event<Pair>) -> bool| fleet.events.iter().filter(|(_, event)| is(event)).count();
    (
        count(|event| matches!(event, Event::ValueRefused { .. })),
        count(|event| matches!(event, Event::RefusedByPeer { .. })),
    )
}

#[test]
fn a_value_beyond_the_horizon_is_refused_and_the_rest_of_its_change_is_merged() {
    let mut fleet = pair();
    set(&mut fleet, 0, 7, 100 * HOUR);
    let token = fleet.replicas[0].token();
    fleet.run(10_000);
    let (tags, register) = fleet.replicas[1].state();
    assert!(tags.contains(&7));
    assert_eq!(register.get(), None);
    assert_eq!(fleet.replicas[1].quarantined(), (0, 0));
    assert!(!fleet.replicas[1].covers(&token));
    let (here, there) = refusals(&fleet);
    assert!(here > 0 && there > 0, "told {here} times here and {there} there");

    // What is written on either side goes on arriving; what was refused is offered ever more rarely.
    set(&mut fleet, 0, 8, 0);
    set(&mut fleet, 1, 9, 0);
    fleet.run(10_000);
    assert!(fleet.replicas[1].state().0.contains(&8));
    assert!(fleet.replicas[0].state().0.contains(&9));
    fleet.forget_counts();
    fleet.run(HOUR);
    assert!(fleet.total() < 100 * 200, "{}", fleet.total());

    fleet.run(100 * HOUR);
    assert_eq!(fleet.replicas[1].state().1.get(), Some(&8), "8 was written over 7");
    assert!(fleet.replicas[1].covers(&token));
    assert!(fleet.are_equal());
    assert_eq!(fleet.replicas[0].log_bytes(), 0);
}

#[test]
fn of_two_values_from_the_future_one_waits_and_one_is_refused() {
    let mut fleet = Fleet::<Document>::new(2, &Config::default());
    fleet.connect(0, 1);
    fleet.run(1_000);
    write_names(&mut fleet, 0, &[("near", HOUR), ("far", 100 * HOUR), ("now", 0)]);
    fleet.run(10_000);
    assert_eq!(names(&fleet, 1), ["now"]);
    assert_eq!(fleet.replicas[1].quarantined().0, 1);
    fleet.run(2 * HOUR);
    assert_eq!(names(&fleet, 1), ["near", "now"]);
    fleet.run(100 * HOUR);
    assert!(fleet.are_equal());
}

#[test]
fn the_quarantine_is_bounded_and_can_be_emptied() {
    let config = Config { quarantine_items: 2, ..Config::default() };
    let mut fleet = Fleet::<Pair>::new(2, &config);
    fleet.connect(0, 1);
    fleet.run(1_000);
    for value in 1..4 {
        set(&mut fleet, 0, value, HOUR + u64::from(value));
        fleet.run(1_000);
    }
    assert_eq!(fleet.replicas[1].quarantined().0, 2);
    assert_eq!(fleet.replicas[1].state().0.len(), 3, "the rest of each");
    assert!(refusals(&fleet).0 > 0);
    let now = fleet.now();
    assert_eq!(fleet.replicas[1].discard_quarantine(now), 2);
    assert_eq!(fleet.replicas[1].quarantined(), (0, 0));
    // It counts as never having arrived, and is offered again.
    fleet.run(3 * HOUR);
    assert_eq!(fleet.replicas[1].state().1.get(), Some(&3));
    assert!(fleet.are_equal());
}

/// A document whose register is replaced while nobody is connected, by a value that is `ahead_ms`
/// ahead, and is then compared with its peer's and sent in pieces.
fn replaced_while_apart(ahead_ms: u64) -> Fleet<Document> {
    let config = Config { log_bytes: 0, max_message: 1_024, ..Config::default() };
    let mut fleet = Fleet::<Document>::new(2, &config);
    fleet.connect(0, 1);
    write_names(&mut fleet, 0, &[("title", 0), ("a", 0), ("b", 0)]);
    fleet.run(10_000);
    fleet.disconnect(0, 1);
    write_names(&mut fleet, 0, &[("title", ahead_ms)]);
    let long = ["x".repeat(600), "y".repeat(600), "z".repeat(600)];
    for name in &long {
        write_names(&mut fleet, 0, &[(name, 0)]);
    }
    write_names(&mut fleet, 1, &[("here", 0)]);
    fleet.run(1_000);
    fleet.connect(0, 1);
    fleet
}

#[test]
fn what_a_value_replaces_that_waits_or_is_refused_stays_visible_also_after_a_comparison() {
    for ahead_ms in [HOUR, 100 * HOUR] {
        let mut fleet = replaced_while_apart(ahead_ms);
        for second in 0..60 {
            fleet.run(1_000);
            let seen = names(&fleet, 1);
            assert!(seen.iter().any(|name| name == "title"), "{seen:?}, {second} s after");
        }
        assert_eq!(names(&fleet, 1).len(), 7, "the rest is there");
        fleet.run(2 * ahead_ms);
        assert!(fleet.are_equal());
    }
}

fn write_names(fleet: &mut Fleet<Document>, number: usize, values: &[(&str, u64)]) {
    let now = fleet.now();
    let write = |document: &mut Document, replica| {
        let mut all = Document::new();
        for (name, ahead_ms) in values {
            let ahead = Timestamp::from_millis(now.wall_ms + ahead_ms).expect("in range");
            let author = Author::new(replica, ahead);
            let delta = document.transact(author, |tx| tx.register(name).set(0));
            all.merge(delta.expect("a register"));
        }
        all
    };
    fleet.replicas[number].write(now, write).expect("open");
}

/// The names of which there is something to see.
fn names(fleet: &Fleet<Document>, number: usize) -> Vec<String> {
    fleet.replicas[number].state().names().map(String::from).collect()
}

#[test]
fn a_wall_clock_that_jumps_mints_nothing_until_confirmed() {
    let mut fleet = pair();
    let jumped = Reading { wall_ms: fleet.now_ms + HOUR, monotonic_ms: fleet.now_ms };
    let write = |(_, register): &mut Pair, me, stamp| {
        (GSet::default(), register.set(me, stamp, 1).expect("a stamp"))
    };
    let now = fleet.now();
    let first = fleet.replicas[0].write_stamped(now, write);
    first.expect("the clock is right");
    assert!(fleet.replicas[0].write_stamped(jumped, write).is_err());
    fleet.replicas[0].confirm_clock(jumped);
    fleet.replicas[0].write_stamped(jumped, write).expect("confirmed");
    let mut both = fleet.replicas[0].state().clone();
    assert!(!both.merge(Pair::default()));
}
