//! Values from a clock that is ahead.

use crdt_core::{Merge, Reading, Timestamp};
use crdt_registers::LwwRegister;
use crdt_sets::GSet;
use crdt_sync::{Config, Event, ReceiveError};

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

#[test]
fn a_value_beyond_the_horizon_is_refused_and_told_to_both_ends() {
    let mut fleet = pair();
    set(&mut fleet, 0, 7, 1_000 * HOUR);
    let now = fleet.now();
    fleet.persist(0);
    let message = fleet.replicas[0].next_message(now).expect("the change");
    let refused = fleet.replicas[1].receive(Fleet::<Pair>::peer(0), &message.bytes, now);
    assert!(matches!(refused, Err(ReceiveError::Refused(_))), "{refused:?}");
    assert!(fleet.replicas[1].state().0.is_empty(), "nothing of it was taken in");
    let why = fleet.replicas[1].next_message(now).expect("why");
    fleet.replicas[0].receive(Fleet::<Pair>::peer(1), &why.bytes, now).expect("understood");
    let mut events = std::iter::from_fn(|| fleet.replicas[0].next_event());
    assert!(events.any(|event| matches!(event, Event::RefusedByPeer { .. })));
}

#[test]
fn the_quarantine_is_bounded_and_can_be_emptied() {
    let config = Config { quarantine_items: 2, ..Config::default() };
    let mut fleet = Fleet::<Pair>::new(2, &config);
    fleet.connect(0, 1);
    fleet.run(1_000);
    for value in 1..3 {
        set(&mut fleet, 0, value, HOUR + u64::from(value));
        fleet.run(1_000);
    }
    assert_eq!(fleet.replicas[1].quarantined().0, 2);
    set(&mut fleet, 0, 3, 2 * HOUR);
    let now = fleet.now();
    fleet.persist(0);
    let message = fleet.replicas[0].next_message(now).expect("the change");
    let refused = fleet.replicas[1].receive(Fleet::<Pair>::peer(0), &message.bytes, now);
    assert_eq!(refused, Err(ReceiveError::QuarantineFull));
    assert_eq!(fleet.replicas[1].discard_quarantine(now), 2);
    assert_eq!(fleet.replicas[1].quarantined(), (0, 0));
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
    // The ceiling of timestamps has to be durable before one is minted.
    let _too_early = fleet.replicas[0].write_stamped(jumped, write);
    fleet.persist(0);
    fleet.replicas[0].write_stamped(jumped, write).expect("confirmed");
    let mut both = fleet.replicas[0].state().clone();
    assert!(!both.merge(Pair::default()));
}
