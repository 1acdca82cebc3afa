//! What the host's clocks say.

/// One look at the host's clocks. The library never reads a clock itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The wall clock: milliseconds since the Unix epoch. It may step, both ways.
    pub wall_ms: u64,
    /// A clock that only runs forward: milliseconds since any fixed moment. It tells a wall clock
    /// that jumped from time that passed.
    pub monotonic_ms: u64,
}

impl Reading {
    /// A reading for hosts, examples and tests whose only clock is the wall clock, and which
    /// therefore see no difference between a jump and time that passed: none is reported.
    pub const fn wall(wall_ms: u64) -> Self {
        Self { wall_ms, monotonic_ms: wall_ms }
    }

    /// The system's clocks. Not on `wasm32-unknown-unknown`, which has none: there the host reads
    /// `Date.now()` and `performance.now()`.
    ///
    /// A wall clock set before 1970 reads as 0.
    #[cfg(all(feature = "std", not(all(target_family = "wasm", target_os = "unknown"))))]
    pub fn system() -> Self {
        use std::sync::OnceLock;
        use std::time::{Instant, SystemTime};

        static FIRST: OnceLock<Instant> = OnceLock::new();
        let since_epoch = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        let since_first = FIRST.get_or_init(Instant::now).elapsed();
        let millis = |duration: core::time::Duration| {
            u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
        };
        Self { wall_ms: millis(since_epoch), monotonic_ms: millis(since_first) }
    }
}
