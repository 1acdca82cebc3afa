//! The hybrid logical clock under clocks that misbehave.

use crdt_core::{AdmitError, Clock, ClockError, Limits, Reading, Timestamp};

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis).expect("within 48 bits")
}

#[test]
fn timestamps_increase_also_when_the_wall_clock_steps_back() {
    let mut clock = Clock::new();
    let mut last = Timestamp::MIN;
    for wall_ms in [1_000, 1_000, 999, 0, 1_000, 1_001, 500] {
        let minted = clock.now(Reading { wall_ms, monotonic_ms: 0 }).unwrap();
        assert!(minted > last);
        last = minted;
    }
    assert_eq!(last.millis(), 1_001);
}

#[test]
fn timestamps_stay_close_to_the_wall_clock() {
    let mut clock = Clock::new();
    assert_eq!(clock.now(Reading::wall(1_000)).unwrap(), at(1_000));
    assert_eq!(clock.now(Reading::wall(2_000)).unwrap(), at(2_000), "no logical part is left over");
}

#[test]
fn a_full_logical_part_carries_into_the_milliseconds() {
    let mut clock = Clock::new();
    let mut last = clock.now(Reading::wall(1_000)).unwrap();
    for _ in 0..=u16::MAX {
        let minted = clock.now(Reading::wall(1_000)).unwrap();
        assert!(minted > last);
        last = minted;
    }
    assert_eq!(last, at(1_001), "65,536 in one millisecond, and one more");
}

#[test]
fn the_ceiling_is_an_error_never_a_wrap() {
    let mut clock = Clock::new();
    let everything = Limits::default().with_max_ahead_ms(u64::MAX);
    clock.observe(Reading::wall(0), Timestamp::MAX, &everything).unwrap();
    assert_eq!(clock.now(Reading::wall(0)), Err(ClockError::WornOut));
    assert_eq!(clock.last(), Timestamp::MAX);
    let beyond = Clock::new().now(Reading::wall(1 << 48));
    assert_eq!(beyond, Err(ClockError::WallOutOfRange { wall_ms: 1 << 48 }));
}

#[test]
fn what_is_written_after_having_seen_a_write_is_later() {
    let mut clock = Clock::new();
    let remote = Timestamp::from_bits(at(5_000).to_bits() | 7);
    clock.observe(Reading::wall(4_000), remote, &Limits::default()).unwrap();
    assert!(clock.now(Reading::wall(4_000)).unwrap() > remote);
}

#[test]
fn a_timestamp_too_far_ahead_is_refused_and_changes_nothing() {
    let mut clock = Clock::new();
    let limits = Limits::default();
    clock.observe(Reading::wall(1_000), at(61_000), &limits).unwrap();
    let before = clock.last();
    let refused = clock.observe(Reading::wall(1_000), at(61_001), &limits).unwrap_err();
    let expected =
        AdmitError::FutureTimestamp { timestamp: at(61_001), now_ms: 1_000, max_ahead_ms: 60_000 };
    assert_eq!(refused, ClockError::Refused(expected));
    assert_eq!(clock.last(), before);
    assert!(refused.to_string().contains("more than 60000 ms ahead"));
}

#[test]
fn the_past_is_never_refused() {
    let mut clock = Clock::new();
    clock.observe(Reading::wall(1 << 40), at(1), &Limits::default()).unwrap();
}

#[test]
fn a_jump_ahead_mints_nothing_until_it_is_confirmed() {
    let mut clock = Clock::new();
    let reading = |wall_ms, monotonic_ms| Reading { wall_ms, monotonic_ms };
    let first = clock.now(reading(1_000_000, 0)).unwrap();

    let jumped = reading(1_060_011, 10);
    let refused = clock.now(jumped).unwrap_err();
    assert_eq!(refused, ClockError::JumpedAhead { ahead_ms: 60_001, max_jump_ms: 60_000 });
    assert_eq!(clock.last(), first);
    assert_eq!(clock.wants_ceiling(jumped, 1_000), None);

    clock.confirm(jumped);
    assert_eq!(clock.now(jumped).unwrap(), at(1_060_011));
}

/// Each reading a little less ahead than the limit, of the one before.
#[test]
fn many_small_jumps_are_one_jump() {
    let mut clock = Clock::new();
    let reading =
        |step: u64| Reading { wall_ms: 1_000_000 + step * 59_999, monotonic_ms: step * 10 };
    clock.now(reading(0)).unwrap();
    clock.now(reading(1)).unwrap();
    for step in 2..100 {
        let refused = clock.now(reading(step)).unwrap_err();
        assert!(matches!(refused, ClockError::JumpedAhead { .. }), "step {step}");
    }
    assert!(clock.last().millis() <= 1_000_000 + 60_000 + 10);
}

/// A crystal that is wrong by some parts in a million for months.
#[test]
fn slow_drift_is_no_jump() {
    let mut clock = Clock::new();
    for hour in 0..10_000u64 {
        let passed = hour * 3_600_000;
        let reading =
            Reading { wall_ms: 1_000_000 + passed + passed / 5_000, monotonic_ms: passed };
        clock.now(reading).unwrap();
    }
}

#[test]
fn a_wall_clock_that_steps_back_and_returns_is_no_jump() {
    let mut clock = Clock::new();
    let reading = |wall_ms, monotonic_ms| Reading { wall_ms, monotonic_ms };
    clock.now(reading(10_000_000, 0)).unwrap();
    clock.now(reading(5_000_000, 1_000)).unwrap();
    clock.now(reading(10_002_000, 2_000)).unwrap();
}

#[test]
fn time_that_passed_is_no_jump() {
    let mut clock = Clock::new();
    let reading = |wall_ms, monotonic_ms| Reading { wall_ms, monotonic_ms };
    clock.now(reading(1_000_000, 0)).unwrap();
    clock.now(reading(90_000_000, 89_000_000)).unwrap();
}

#[test]
fn what_a_peer_vouches_for_is_no_jump() {
    let mut clock = Clock::new();
    let reading = |wall_ms, monotonic_ms| Reading { wall_ms, monotonic_ms };
    clock.now(reading(1_000_000, 0)).unwrap();
    // The machine slept for an hour: its monotonic clock stood still, the peer's wall clock did not.
    let woken = reading(4_600_000, 1);
    assert!(clock.now(woken).is_err());
    clock.observe(woken, at(4_600_010), &Limits::default()).unwrap();
    assert!(clock.now(woken).unwrap() > at(4_600_010));
}

#[test]
fn timestamps_increase_across_a_restart_from_every_point() {
    let mut stored = Timestamp::MIN;
    let mut last = Timestamp::MIN;
    for run in 0..20u64 {
        // Every run starts with a wall clock a little further back, and ends without warning.
        let mut clock = Clock::durable(stored);
        for write in 0..50 {
            let reading = Reading::wall(100_000 - run * 1_000 + write);
            if let Some(ceiling) = clock.wants_ceiling(reading, 20) {
                stored = ceiling;
                clock.raise_ceiling(ceiling);
            }
            let minted = clock.now(reading).unwrap();
            assert!(minted > last, "run {run}, write {write}");
            assert!(minted <= stored, "nothing above the ceiling is minted");
            last = minted;
        }
    }
}

/// Every run reserves a ceiling, mints one timestamp and crashes.
#[test]
fn crashing_again_and_again_does_not_run_ahead_of_the_wall_clock() {
    let mut stored = Timestamp::MIN;
    for restart in 0..1_000 {
        let mut clock = Clock::durable(stored);
        let reading = Reading::wall(1_000_000);
        if let Some(ceiling) = clock.wants_ceiling(reading, 10_000) {
            stored = ceiling;
            clock.raise_ceiling(ceiling);
        }
        let minted = clock.now(reading).unwrap();
        let ahead = minted.millis() - 1_000_000;
        assert!(ahead <= 10_000 + restart, "{ahead} ms ahead after {restart} restarts");
    }
}

#[test]
fn beyond_the_ceiling_nothing_is_minted() {
    let mut clock = Clock::durable(Timestamp::MIN);
    let refused = clock.now(Reading::wall(1_000)).unwrap_err();
    let expected = ClockError::CeilingReached { ceiling: Timestamp::MIN, wanted: at(1_000) };
    assert_eq!(refused, expected);
    let ceiling = clock.wants_ceiling(Reading::wall(1_000), 10).unwrap();
    clock.raise_ceiling(ceiling);
    assert_eq!(clock.now(Reading::wall(1_000)).unwrap(), at(1_000));
    assert_eq!(clock.wants_ceiling(Reading::wall(1_000), 10), None, "more than half is left");
}

#[test]
fn a_timestamp_reads_back_from_its_text() {
    for bits in [0, 1, 65_535, 65_536, 0x0123_4567_89ab_cdef, u64::MAX] {
        let timestamp = Timestamp::from_bits(bits);
        assert_eq!(timestamp.to_string().parse(), Ok(timestamp));
    }
    for text in ["", "1", "1.", ".1", "-1.0", "1.65536", "281474976710656.0", "1.0.0", "a.b"] {
        assert!(text.parse::<Timestamp>().is_err(), "{text:?}");
    }
}
