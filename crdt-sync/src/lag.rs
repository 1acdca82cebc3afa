//! How far behind a peer is.

/// How far behind a peer is, as far as it has said.
///
/// Ages are by the local monotonic clock: no two clocks are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lag {
    /// How many changes of the local log it has not said to hold durably; its own are among them until
    /// it has heard that they are here.
    pub positions: u64,
    /// How many bytes of those that it lacks are still in the log.
    pub bytes: u64,
    /// For how long the oldest of them has been there, in milliseconds; 0 when it has all.
    pub age_ms: u64,
    /// Whether the log no longer reaches back to where the peer is, so that it is brought up by
    /// digest.
    pub is_beyond_log: bool,
    /// Whether it is a reason to worry.
    pub level: Level,
}

/// Whether a lag is a reason to worry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// It is not.
    #[default]
    Fine,
    /// Above [`Config::lag_warn_ms`](crate::Config::lag_warn_ms).
    Warn,
    /// Above [`Config::lag_critical_ms`](crate::Config::lag_critical_ms).
    Critical,
}
