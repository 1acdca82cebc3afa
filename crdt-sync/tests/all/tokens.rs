//! Session tokens, durability, lag: what a replica can tell a user.

use crdt_sync::{Config, Durability, Event, Level, ParseTokenError, Replica, Token};

use crate::support::{Fleet, Set, add};

fn chain() -> Fleet<Set> {
    let mut fleet = Fleet::new(3, &Config::default());
    fleet.connect(0, 1);
    fleet.connect(1, 2);
    fleet.run(1_000);
    fleet
}

#[test]
fn a_token_is_covered_where_the_write_is_visible_removals_included() {
    let mut fleet = chain();
    add(&mut fleet, 0, 7);
    fleet.run(10_000);
    let now = fleet.now();
    let token = fleet.replicas[0].write(now, |set, _| set.remove(&7)).expect("open");
    assert!(fleet.replicas[0].covers(&token));
    assert!(!fleet.replicas[2].covers(&token), "it has not left yet");
    fleet.replicas[2].await_token(token);
    fleet.run(1_000);
    assert!(fleet.replicas[2].covers(&token));
    assert!(!fleet.replicas[2].state().contains(&7));
    let is_told = |(number, event): &(usize, Event<Set>)| {
        *number == 2 && matches!(event, Event::Covered(covered) if *covered == token)
    };
    assert!(fleet.events.iter().any(is_told));
}

#[test]
fn a_token_of_a_reader_covers_what_it_read_and_not_only_what_was_written_there() {
    let mut fleet = chain();
    add(&mut fleet, 0, 1);
    fleet.run(10_000);
    let read_in_1 = fleet.replicas[1].token();
    fleet.run(10_000);
    assert!(fleet.replicas[2].covers(&read_in_1));
    assert!(fleet.replicas[0].covers(&read_in_1));
}

#[test]
fn a_token_travels_as_text() {
    let mut fleet = chain();
    let token = add(&mut fleet, 0, 1);
    assert_eq!(token.to_string().parse(), Ok(token));
    for (text, why) in [
        ("", ParseTokenError::NoHyphen),
        ("0000000000000001", ParseTokenError::NoHyphen),
        ("1-2", ParseTokenError::Opening),
        ("00000000000000zz-1", ParseTokenError::Opening),
        ("00000000000000AB-1", ParseTokenError::Opening),
        ("+000000000000001-1", ParseTokenError::Opening),
        ("0000000000000001-", ParseTokenError::Position),
        ("0000000000000001-01", ParseTokenError::Position),
        ("0000000000000001-+1", ParseTokenError::Position),
        ("0000000000000001-1-1", ParseTokenError::Position),
        ("0000000000000001-18446744073709551616", ParseTokenError::Position),
    ] {
        assert_eq!(text.parse::<Token>(), Err(why), "{text:?}");
    }
}

#[test]
fn a_token_of_a_former_opening_stays_answerable() {
    for is_closed in [true, false] {
        let mut fleet = chain();
        let token = add(&mut fleet, 0, 1);
        if is_closed {
            fleet.persist(0);
            fleet.replicas[0].close();
        }
        fleet.persist(0);
        let (store, id) = (fleet.stores[0].clone(), fleet.replicas[0].id());
        // It ends before anything was sent.
        fleet.reopen(0, &store);
        assert_eq!(fleet.replicas[0].id() == id, is_closed, "an id is kept only for who closed");
        fleet.connect(0, 1);
        fleet.run(10_000);
        assert!(fleet.replicas[0].covers(&token));
        assert!(fleet.replicas[2].covers(&token), "closed: {is_closed}");
        assert!(fleet.are_equal());
    }
}

#[test]
fn a_write_is_as_durable_as_members_have_said() {
    let mut fleet: Fleet<Set> = Fleet::new(3, &Config::default());
    let ids: Vec<_> = fleet.replicas.iter().map(Replica::id).collect();
    fleet.replicas[0].set_members(ids);
    fleet.connect(0, 1);
    fleet.run(1_000);
    let token = add(&mut fleet, 0, 1);
    let first = &fleet.replicas[0];
    assert!(!first.is_durable(&token, Durability::Local), "no record has been persisted");
    fleet.replicas[0].await_durable(token, Durability::Members(1));
    fleet.run(1_000);
    let first = &fleet.replicas[0];
    assert!(first.is_durable(&token, Durability::Local));
    assert!(first.is_durable(&token, Durability::Members(1)));
    assert!(!first.is_durable(&token, Durability::All), "the third has never been there");
    let is_told =
        |(_, event): &(usize, Event<Set>)| *event == Event::Durable(token, Durability::Members(1));
    assert!(fleet.events.iter().any(is_told));
    fleet.connect(0, 2);
    fleet.run(1_000);
    assert!(fleet.replicas[0].is_durable(&token, Durability::All));
}

#[test]
fn lag_is_told_when_it_begins_to_matter_and_when_it_ends() {
    let mut fleet = chain();
    let second = fleet.replicas[1].id();
    fleet.disconnect(0, 1);
    fleet.events.clear();
    add(&mut fleet, 0, 1);
    fleet.run(500);
    let lag = fleet.replicas[0].lag(second, fleet.now()).expect("it has been met");
    assert_eq!((lag.positions, lag.age_ms, lag.level), (1, 500, Level::Fine));
    assert!(lag.bytes > 0);
    fleet.run(10_000);
    let lag = fleet.replicas[0].lag(second, fleet.now()).expect("it has been met");
    assert_eq!((lag.age_ms, lag.level), (10_500, Level::Critical));
    fleet.connect(0, 1);
    fleet.run(1_000);
    let lag = fleet.replicas[0].lag(second, fleet.now()).expect("it has been met");
    assert_eq!((lag.positions, lag.age_ms, lag.level), (0, 0, Level::Fine));
    let levels: Vec<Level> = fleet
        .events
        .iter()
        .filter_map(|(number, event)| match event {
            Event::Lag { replica, level } if *number == 0 && *replica == second => Some(*level),
            _ => None,
        })
        .collect();
    assert_eq!(levels, [Level::Warn, Level::Critical, Level::Fine]);
}

#[test]
fn a_retired_replica_pins_neither_log_nor_lag() {
    let mut fleet = chain();
    let second = fleet.replicas[1].id();
    fleet.disconnect(0, 1);
    add(&mut fleet, 0, 1);
    fleet.run(10_000);
    assert!(fleet.replicas[0].log_bytes() > 0);
    fleet.replicas[0].retire(second);
    assert_eq!(fleet.replicas[0].log_bytes(), 0);
    assert_eq!(fleet.replicas[0].lag(second, fleet.now()), None);
    // It comes back all the same.
    fleet.connect(0, 1);
    fleet.run(10_000);
    assert!(fleet.are_equal());
}

#[test]
fn logs_are_drained_once_everybody_has_everything() {
    let mut fleet = chain();
    for element in 0..10 {
        add(&mut fleet, 0, element);
        add(&mut fleet, 2, 100 + element);
    }
    fleet.run(60_000);
    assert!(fleet.are_equal());
    for replica in &fleet.replicas {
        assert_eq!(replica.log_bytes(), 0);
    }
}
