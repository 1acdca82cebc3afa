//! What a host may tune.

use crdt_core::Limits;
use crdt_core::wire::Budget;

/// The bounds and delays of a [`Replica`](crate::Replica). Times are in milliseconds.
///
/// # Examples
///
/// ```
/// use crdt_sync::Config;
///
/// // A browser tab that keeps nothing, behind a server that accepts small messages only.
/// let config = Config { max_message: 64 << 10, ..Config::volatile() };
/// # let _ = config;
/// ```
#[derive(Clone, Debug)]
pub struct Config {
    /// Whether the host keeps records. If not, what is held counts as durable at once.
    pub durable: bool,
    /// The longest message, in bytes: none that leaves is longer, and what would be travels in
    /// pieces. 1 MiB; less than [1,024](Config::LEAST_MESSAGE) counts as that. It has to be the same
    /// everywhere. In [`Scopes`](crate::Scopes) the name of the scope comes on top, and its length.
    pub max_message: usize,
    /// The most bytes of what arrives in parts that are held for one peer. 64 MiB. A state that is
    /// longer is cut up, unless its type can tell neither dots nor parts; a single value that is
    /// longer gets nowhere, and [`Event::TooLong`](crate::Event::TooLong) and
    /// [`ReceiveError::ValueTooLong`](crate::ReceiveError::ValueTooLong) say so: raise it everywhere,
    /// and [`budget`](Config::budget) with it.
    pub max_transfer: usize,
    /// The most bytes of changes kept for peers that have not acknowledged them. 16 MiB. A peer
    /// that falls further behind is brought up by digest.
    pub log_bytes: usize,
    /// How long a change that came from a peer waits before it is sent on, so that it is not sent
    /// to those who have it already. 20.
    pub forward_delay_ms: u64,
    /// How long an acknowledgement waits for something to travel with. 5.
    pub ack_delay_ms: u64,
    /// How long news of what is included wait for a change to travel with. 250. It delays tokens
    /// only where no change had to be sent; below the lag that is worth a warning.
    pub gossip_ms: u64,
    /// After how long without acknowledgement something is sent again; doubles each time. 1,000. Of
    /// several changes the first is, and those after it as that is acknowledged.
    pub resend_ms: u64,
    /// The longest pause between two attempts. 60,000.
    pub max_resend_ms: u64,
    /// After how long without news two replicas compare fingerprints, once. 5,000.
    pub quiet_ms: u64,
    /// From which age on the oldest change that a peer lacks is a reason to warn. 1,000.
    pub lag_warn_ms: u64,
    /// From which age on it is critical. 5,000.
    pub lag_critical_ms: u64,
    /// For how long tokens of openings that have been continued since can be answered: 30 days.
    pub token_life_ms: u64,
    /// How far ahead of the wall clock the ceiling of timestamps is reserved: a record of some ten
    /// bytes, at most twice in that time, while there are writes with timestamps. 10,000.
    pub ceiling_ms: u64,
    /// How far ahead of the local clock a timestamp may be before it waits in quarantine.
    pub limits: Limits,
    /// How far ahead it may be to be let into quarantine at all: 24 hours. What is beyond is refused.
    pub quarantine_horizon_ms: u64,
    /// How many changes may wait in quarantine. 1,024.
    pub quarantine_items: usize,
    /// How many bytes of them. 4 MiB. It also bounds what putting something there costs, a look at all
    /// that is there, and what the last piece of a long change costs that removes something.
    pub quarantine_bytes: usize,
    /// What a decoded state may make its receiver hold.
    pub budget: Budget,
    /// The newest minor version of the protocol to speak. For fleets that are upgraded one by one,
    /// and for tests of that; the newest there is by default.
    pub minor: u8,
    /// A mistake to be made, for tests that it is found.
    #[cfg(feature = "simulate")]
    #[doc(hidden)]
    pub fault: Option<crate::simulation::Fault>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            durable: true,
            max_message: 1 << 20,
            max_transfer: 64 << 20,
            log_bytes: 16 << 20,
            forward_delay_ms: 20,
            ack_delay_ms: 5,
            gossip_ms: 250,
            resend_ms: 1_000,
            max_resend_ms: 60_000,
            quiet_ms: 5_000,
            lag_warn_ms: 1_000,
            lag_critical_ms: 5_000,
            token_life_ms: 30 * 24 * 3_600_000,
            ceiling_ms: 10_000,
            limits: Limits::default(),
            quarantine_horizon_ms: 24 * 3_600_000,
            quarantine_items: 1_024,
            quarantine_bytes: 4 << 20,
            budget: Budget::default(),
            minor: crate::MINOR,
            #[cfg(feature = "simulate")]
            fault: None,
        }
    }
}

impl Config {
    /// The least that [`max_message`](Config::max_message) can be, in bytes.
    pub const LEAST_MESSAGE: usize = 1_024;

    /// For a replica that keeps no records: a browser tab, a cache, a test.
    pub fn volatile() -> Self {
        Self { durable: false, ..Self::default() }
    }
}
