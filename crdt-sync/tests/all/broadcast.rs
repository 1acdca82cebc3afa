//! What is told to everybody at once, over a stream that keeps it or loses it.

use crdt_core::Wire;
use crdt_sync::{Config, Peer, ReceiveError};

use crate::support::{Fleet, Set, add, elements, said};

/// Three that have met, and listen to each other.
fn listening(config: &Config) -> Fleet<Set> {
    let mut fleet = Fleet::<Set>::new(3, config);
    fleet.begin_stream();
    fleet.connect_all();
    add(&mut fleet, 0, 0);
    fleet.run(60_000);
    assert!(fleet.are_equal());
    fleet.forget_counts();
    fleet
}

/// How many broadcasts there were.
fn broadcasts(fleet: &Fleet<Set>) -> usize {
    fleet.stream.as_ref().map_or(0, |stream| stream.said.len())
}

fn bytes_said(fleet: &Fleet<Set>) -> usize {
    let said = fleet.stream.iter().flat_map(|stream| &stream.said);
    said.map(|(_, bytes)| bytes.len()).sum()
}

#[test]
fn a_change_is_said_once_and_no_link_brings_it() {
    let mut fleet = listening(&Config::volatile());
    let before = (broadcasts(&fleet), bytes_said(&fleet));
    let tokens: Vec<_> = (1..=100)
        .map(|element| {
            let token = add(&mut fleet, 1, element);
            fleet.settle();
            token
        })
        .collect();
    for number in 0..3 {
        assert!(tokens.iter().all(|token| fleet.replicas[number].covers(token)), "at {number}");
    }
    fleet.run(60_000);
    assert!(fleet.are_equal());
    assert_eq!(broadcasts(&fleet) - before.0, 100 + 2, "a change each, and two say they have them");
    let each = (bytes_said(&fleet) - before.1) / 100;
    assert!(each <= 64, "{each} bytes for an element of eight");
    // Acknowledgements, and what each tells of what it includes.
    let linked = fleet.total();
    assert!(linked <= 6 * 400, "{linked} bytes over six directions, for a hundred changes");
    assert!(fleet.replicas.iter().all(|replica| replica.log_bytes() == 0), "all is acknowledged");
}

#[test]
fn what_a_stream_loses_comes_over_the_link() {
    let mut fleet = listening(&Config::volatile());
    let next = broadcasts(&fleet);
    fleet.stream.as_mut().expect("a stream").lost = vec![next, next + 2];
    let tokens: Vec<_> = (1..=4)
        .map(|element| {
            let token = add(&mut fleet, 0, element);
            fleet.settle();
            token
        })
        .collect();
    // Merged at once where it arrived, and included only up to the gap.
    assert_eq!(elements(&fleet, 1), [0, 2, 4]);
    assert!(!fleet.replicas[1].covers(&tokens[0]) && !fleet.replicas[1].covers(&tokens[3]));
    fleet.run(3_000);
    for number in 1..3 {
        assert_eq!(elements(&fleet, number), [0, 1, 2, 3, 4]);
        assert!(tokens.iter().all(|token| fleet.replicas[number].covers(token)));
    }
}

#[test]
fn what_another_has_said_is_not_said_again_and_counts_where_that_is_there() {
    let mut fleet = listening(&Config::volatile());
    // What 0 says does not reach 2; 1 takes it in, and goes on.
    let next = broadcasts(&fleet);
    fleet.stream.as_mut().expect("a stream").away = vec![2];
    let long = (100..400).map(|element| add(&mut fleet, 0, element)).last().expect("some");
    fleet.settle();
    let after = add(&mut fleet, 1, 1);
    fleet.settle();
    let stream = fleet.stream.as_mut().expect("a stream");
    let by = |from| {
        let said = stream.said[next..].iter().filter(move |(by, _)| *by == from);
        said.map(|(_, bytes)| bytes.len()).sum::<usize>()
    };
    assert!(by(0) > 300 && by(1) < 100, "{} and {} bytes", by(0), by(1));
    stream.away.clear();
    stream.lost = (next..stream.said.len()).filter(|place| stream.said[*place].0 == 0).collect();
    fleet.settle();
    assert_eq!(elements(&fleet, 2), [0, 1]);
    assert!(!fleet.replicas[2].covers(&after), "it stands for what 1 had taken in, too");
    fleet.run(3_000);
    assert!(fleet.replicas[2].covers(&after) && fleet.replicas[2].covers(&long));
    assert!(fleet.are_equal());
}

#[test]
fn who_was_away_reads_on_where_it_was_and_no_link_brings_that() {
    let mut fleet = listening(&Config::volatile());
    fleet.disconnect(0, 2);
    fleet.disconnect(1, 2);
    fleet.stream.as_mut().expect("a stream").away = vec![2];
    for element in 1..=2_000 {
        add(&mut fleet, element % 2, element as u64);
        fleet.settle();
    }
    fleet.run(60_000);
    fleet.forget_counts();
    // First it reads what was said, then it greets.
    fleet.stream.as_mut().expect("a stream").away.clear();
    fleet.settle();
    assert_eq!(fleet.total(), 0);
    fleet.connect(0, 2);
    fleet.connect(1, 2);
    fleet.run(60_000);
    assert!(fleet.are_equal());
    assert!(fleet.total() < 2_000, "{} bytes after 2,000 changes", fleet.total());
}

#[test]
fn a_stream_that_ends_leaves_all_to_the_links() {
    let mut fleet = listening(&Config::volatile());
    fleet.stream = None;
    for replica in &mut fleet.replicas {
        replica.end_broadcast();
    }
    let token = add(&mut fleet, 0, 1);
    fleet.settle();
    assert!(fleet.replicas[1].covers(&token) && fleet.replicas[2].covers(&token));
    fleet.run(60_000);
    assert!(fleet.are_equal());
}

#[test]
fn what_is_longer_than_a_message_is_left_to_the_links() {
    let config = Config { max_message: 1_024, ..Config::volatile() };
    let mut fleet = Fleet::<crdt_sets::OrSet<String>>::new(2, &config);
    fleet.begin_stream();
    fleet.connect_all();
    fleet.run(60_000);
    for length in [10, 100, 900, 1_000, 5_000, 20] {
        let now = fleet.now();
        let element = "x".repeat(length);
        let token = fleet.replicas[0].write(now, |set, me| set.add(me, element)).expect("open");
        fleet.run(3_000);
        assert!(fleet.replicas[1].covers(&token), "{length} bytes");
    }
    let stream = fleet.stream.as_ref().expect("a stream");
    assert!(stream.said.iter().all(|(_, bytes)| bytes.len() <= 1_024));
    assert!(stream.said.len() >= 3, "the short ones");
    fleet.run(60_000);
    assert!(fleet.are_equal());
}

#[test]
fn nobody_hears_of_what_is_not_durable() {
    let mut fleet = Fleet::<Set>::new(1, &Config::default());
    fleet.persist(0);
    let now = fleet.now();
    let replica = &mut fleet.replicas[0];
    assert_eq!(replica.next_broadcast(now), None);
    replica.write(now, |set, me| set.add(me, 1)).expect("open");
    assert_eq!(replica.next_broadcast(now), None);
    fleet.persist(0);
    assert!(fleet.replicas[0].next_broadcast(now).is_some());
}

#[test]
fn what_cannot_be_right_is_refused_and_changes_nothing() {
    let mut fleet = listening(&Config::volatile());
    let now = fleet.now();
    fleet.replicas[0].write(now, |set, me| set.add(me, 1)).expect("open");
    let bytes = fleet.replicas[0].next_broadcast(now).expect("a change");
    let state = fleet.replicas[1].state().encode();
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut hurt = bytes.clone();
            hurt[place] ^= 1 << bit;
            let refused = fleet.replicas[1].receive_broadcast(&hurt, now);
            assert_eq!(refused, Err(ReceiveError::Damaged), "bit {bit} of byte {place}");
        }
        let refused = fleet.replicas[1].receive_broadcast(&bytes[..place], now);
        assert_eq!(refused, Err(ReceiveError::Damaged));
    }
    assert!(fleet.replicas[1].receive(Peer(0), &bytes, now).is_err(), "it is for all");
    fleet.replicas[2].connect(Peer(7), now);
    let greeting = said(&mut fleet.replicas[2], now).pop().expect("a greeting").bytes;
    let refused = fleet.replicas[1].receive_broadcast(&greeting, now);
    assert!(matches!(refused, Err(ReceiveError::Unexpected(_))), "it is for one: {refused:?}");
    assert_eq!(fleet.replicas[1].state().encode(), state);
    // Its own, and the same twice, are no news.
    assert_eq!(fleet.replicas[0].receive_broadcast(&bytes, now), Ok(()));
    for _ in 0..2 {
        assert_eq!(fleet.replicas[1].receive_broadcast(&bytes, now), Ok(()));
    }
    assert_eq!(elements(&fleet, 1), [0, 1]);
}
