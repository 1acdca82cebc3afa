//! Telling a wall clock that jumped from time that passed.

use super::{ClockError, Reading};

/// A wall clock may run this many parts in a thousand faster or slower than the monotonic one, for
/// good, without being taken for one that jumps.
const DRIFT: u64 = 1;

/// Where the wall clock should be: an anchor that moves with the monotonic clock, and follows the
/// wall clock only as fast as clocks drift. So neither one jump nor many small ones carry it along.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plausible {
    anchor: Option<Reading>,
    max_jump_ms: u64,
}

impl Plausible {
    pub(super) const fn new() -> Self {
        Self { anchor: None, max_jump_ms: 60_000 }
    }

    pub(super) const fn with_max_jump_ms(self, max_jump_ms: u64) -> Self {
        Self { max_jump_ms, ..self }
    }

    /// Whether the wall clock is not too far ahead of where it should be, and of `vouched_ms`. The
    /// first reading has nothing to be compared with.
    pub(super) fn check(&self, reading: Reading, vouched_ms: u64) -> Result<(), ClockError> {
        let Some(expected) = self.expected(reading) else { return Ok(()) };
        let ahead_ms = reading.wall_ms.saturating_sub(expected.wall_ms.max(vouched_ms));
        if ahead_ms > self.max_jump_ms {
            return Err(ClockError::JumpedAhead { ahead_ms, max_jump_ms: self.max_jump_ms });
        }
        Ok(())
    }

    /// Takes in a reading that passed the check.
    pub(super) fn follow(&mut self, reading: Reading) {
        let Some((expected, anchor)) = self.expected(reading).zip(self.anchor) else {
            self.anchor = Some(reading);
            return;
        };
        let passed = expected.monotonic_ms - anchor.monotonic_ms;
        let drift = passed / 1_000 * DRIFT;
        if drift > 0 {
            let least = expected.wall_ms.saturating_sub(drift);
            let most = expected.wall_ms + drift;
            let wall_ms = reading.wall_ms.clamp(least, most);
            self.anchor = Some(Reading { wall_ms, ..expected });
        }
    }

    /// Takes a reading for right, whatever came before.
    pub(super) const fn trust(&mut self, reading: Reading) {
        self.anchor = Some(reading);
    }

    /// What the clocks should read when the monotonic one reads so.
    fn expected(&self, reading: Reading) -> Option<Reading> {
        let anchor = self.anchor?;
        let monotonic_ms = reading.monotonic_ms.max(anchor.monotonic_ms);
        let passed = monotonic_ms - anchor.monotonic_ms;
        let wall_ms = anchor.wall_ms.saturating_add(passed).min(u64::MAX >> 1);
        Some(Reading { wall_ms, monotonic_ms })
    }
}
