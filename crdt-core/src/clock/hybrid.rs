//! The clock itself: send step, receive step, ceiling.

use core::fmt;

use super::plausible::Plausible;
use super::{Reading, Timestamp};
use crate::{AdmitError, Limits};

/// A hybrid logical clock (Kulkarni et al. 2014, the algorithm for node j, on one packed integer).
///
/// Its timestamps stay close to the wall clock, never repeat, and exceed every timestamp that the
/// replica has [observed](Clock::observe): what is written later, anywhere, after having seen an
/// earlier write, has the greater timestamp.
///
/// - They strictly increase, also when the wall clock steps back: then only the logical counter
///   advances until the wall clock has caught up.
/// - They strictly increase across a restart when the host persists a ceiling ahead of use
///   ([`Clock::durable`]); without a store, [`Clock::new`].
/// - A wall clock that has jumped ahead further than the limit, at once or little by little, mints
///   nothing until the host [confirms](Clock::confirm) it: a wrong clock must not mark this
///   replica's writes with a future that everyone else refuses. The first reading of a run has
///   nothing to be compared with.
///
/// # Examples
///
/// ```
/// use crdt_core::{Clock, Limits, Reading};
///
/// let mut eu = Clock::new();
/// let mut us = Clock::new();
///
/// let sent = eu.now(Reading::wall(1_000))?;
/// // The clock of us is behind. What it writes after it has seen `sent` is still later.
/// us.observe(Reading::wall(990), sent, &Limits::default())?;
/// let answered = us.now(Reading::wall(991))?;
/// assert!(answered > sent);
/// # Ok::<(), crdt_core::ClockError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Clock {
    /// The greatest timestamp minted or observed.
    last: Timestamp,
    /// No timestamp above it may be minted; `None` for a clock without a store.
    ceiling: Option<Timestamp>,
    /// The greatest timestamp observed: a peer's clock vouches for a wall clock that agrees.
    observed: Timestamp,
    plausible: Plausible,
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock {
    /// A clock whose replica never restarts: its id ends with the process.
    pub const fn new() -> Self {
        Self {
            last: Timestamp::MIN,
            ceiling: None,
            observed: Timestamp::MIN,
            plausible: Plausible::new(),
        }
    }

    /// A clock that continues above the `ceiling` persisted by its previous run, and mints nothing
    /// above the ceiling persisted by this one. A first run gives [`Timestamp::MIN`].
    ///
    /// ```
    /// use crdt_core::{Clock, ClockError, Reading, Timestamp};
    ///
    /// let stored = Timestamp::MIN; // read from the store
    /// let mut clock = Clock::durable(stored);
    /// let reading = Reading::wall(1_000);
    /// if let Some(ceiling) = clock.wants_ceiling(reading, 10_000) {
    ///     // Write the ceiling to the store, durably, and then:
    ///     clock.raise_ceiling(ceiling);
    /// }
    /// let stamp = clock.now(reading)?;
    /// # let ceiling = Timestamp::from_millis(11_000).unwrap();
    ///
    /// // After a crash the wall clock is back at 500, and time still moves on.
    /// let mut clock = Clock::durable(ceiling);
    /// let refused = clock.now(Reading::wall(500)).unwrap_err();
    /// assert!(matches!(refused, ClockError::CeilingReached { .. }), "reserve first");
    /// # let raised = clock.wants_ceiling(Reading::wall(500), 10_000).unwrap();
    /// # clock.raise_ceiling(raised);
    /// # assert!(clock.now(Reading::wall(500))? > stamp);
    /// # Ok::<(), ClockError>(())
    /// ```
    pub const fn durable(ceiling: Timestamp) -> Self {
        Self { last: ceiling, ceiling: Some(ceiling), ..Self::new() }
    }

    /// With another limit for jumps of the wall clock; 60,000 ms by default.
    pub const fn with_max_jump_ms(self, max_jump_ms: u64) -> Self {
        Self { plausible: self.plausible.with_max_jump_ms(max_jump_ms), ..self }
    }

    /// The greatest timestamp minted or observed so far.
    pub const fn last(&self) -> Timestamp {
        self.last
    }

    /// Mints a timestamp above all that were minted and observed: the send step, also to be taken
    /// for a local write.
    ///
    /// # Errors
    ///
    /// [`JumpedAhead`](ClockError::JumpedAhead), [`CeilingReached`](ClockError::CeilingReached),
    /// [`WallOutOfRange`](ClockError::WallOutOfRange) or [`WornOut`](ClockError::WornOut); then
    /// nothing was minted.
    pub fn now(&mut self, reading: Reading) -> Result<Timestamp, ClockError> {
        let wall = self.believable(reading)?;
        let minted = self.last.next().ok_or(ClockError::WornOut)?.max(wall);
        if let Some(ceiling) = self.ceiling.filter(|ceiling| minted > *ceiling) {
            return Err(ClockError::CeilingReached { ceiling, wanted: minted });
        }
        self.last = minted;
        self.plausible.follow(reading);
        Ok(minted)
    }

    /// Takes in the timestamp of a remote write: the receive step. What is minted afterwards
    /// exceeds it.
    ///
    /// # Errors
    ///
    /// [`Refused`](ClockError::Refused) when `remote` is too far ahead of the wall clock: the
    /// write that carries it must not be merged either. Nothing was changed.
    pub fn observe(
        &mut self,
        reading: Reading,
        remote: Timestamp,
        limits: &Limits,
    ) -> Result<(), ClockError> {
        limits.check_timestamp(remote, reading.wall_ms).map_err(ClockError::Refused)?;
        self.last = self.last.max(remote);
        self.observed = self.observed.max(remote);
        Ok(())
    }

    /// The ceiling to persist next, if one is needed: `ahead_ms` above the wall clock, asked for as
    /// soon as less than half of that is left. A replica that crashes often does not carry its time
    /// away with it: where the last timestamp is ahead of the wall clock already, a millisecond of
    /// logical time is reserved above it.
    ///
    /// `None` when there is enough, for a clock without a store, and for a reading that
    /// [`now`](Clock::now) would refuse.
    pub fn wants_ceiling(&self, reading: Reading, ahead_ms: u64) -> Option<Timestamp> {
        let ceiling = self.ceiling?;
        self.believable(reading).ok()?;
        let above_wall = |ms: u64| {
            let millis = reading.wall_ms.saturating_add(ms);
            Timestamp::from_millis(millis).unwrap_or(Timestamp::MAX)
        };
        let above_last =
            |instants: u64| Timestamp::from_bits(self.last.to_bits().saturating_add(instants));
        let least = above_wall(ahead_ms / 2).max(above_last(1 << 15));
        (ceiling < least).then(|| above_wall(ahead_ms).max(above_last(1 << 16)))
    }

    /// Says that `ceiling` is durable in the store; lower ones than the present are ignored, as
    /// is any on a clock without a store.
    pub fn raise_ceiling(&mut self, ceiling: Timestamp) {
        self.ceiling = self.ceiling.map(|present| present.max(ceiling));
    }

    /// Says that the wall clock is right although it jumped.
    pub const fn confirm(&mut self, reading: Reading) {
        self.plausible.trust(reading);
    }

    /// The wall clock's instant, unless it jumped ahead of the time that has passed *and* of every
    /// timestamp that was observed: either vouches for it. One that is not ahead of the last
    /// timestamp changes nothing, and so is not asked about.
    fn believable(&self, reading: Reading) -> Result<Timestamp, ClockError> {
        let wall = Timestamp::from_millis(reading.wall_ms)
            .ok_or(ClockError::WallOutOfRange { wall_ms: reading.wall_ms })?;
        if wall > self.last {
            self.plausible.check(reading, self.observed.millis())?;
        }
        Ok(wall)
    }
}

/// Why a clock minted nothing, or took nothing in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClockError {
    /// The wall clock has jumped ahead. When it is right (a laptop that slept, a clock that was
    /// set), [`Clock::confirm`] it; otherwise mend it.
    JumpedAhead {
        /// By how much.
        ahead_ms: u64,
        /// The limit in force.
        max_jump_ms: u64,
    },
    /// The persisted ceiling is used up: persist the one that [`Clock::wants_ceiling`] returns and
    /// [raise](Clock::raise_ceiling) it.
    CeilingReached {
        /// The ceiling in force.
        ceiling: Timestamp,
        /// What would have been minted.
        wanted: Timestamp,
    },
    /// The wall clock reads 2^48 milliseconds or more, the year 10,889.
    WallOutOfRange {
        /// What it reads.
        wall_ms: u64,
    },
    /// A remote timestamp is not admitted.
    Refused(AdmitError),
    /// There is no timestamp above [`Timestamp::MAX`].
    WornOut,
}

impl fmt::Display for ClockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::JumpedAhead { ahead_ms, max_jump_ms } => write!(
                f,
                "the wall clock jumped {ahead_ms} ms ahead (at most {max_jump_ms} is taken \
                 without asking): mend it, or say with `Clock::confirm` that it is right"
            ),
            Self::CeilingReached { ceiling, wanted } => write!(
                f,
                "timestamp {wanted} is above the persisted ceiling {ceiling}: persist a higher \
                 ceiling first"
            ),
            Self::WallOutOfRange { wall_ms } => {
                write!(f, "the wall clock reads {wall_ms} ms, beyond the 48 bits of a timestamp")
            }
            Self::Refused(error) => error.fmt(f),
            Self::WornOut => f.write_str(
                "the last timestamp has been used: a forged timestamp was merged without admit",
            ),
        }
    }
}

impl core::error::Error for ClockError {}
