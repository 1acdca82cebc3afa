//! The door before the merge.

use core::fmt;

use crate::{ReplicaId, Timestamp, seed};

/// Checks a decoded state that is not trusted before it is merged.
///
/// Decoding has made sure that the bytes are a state; this looks at what the state *claims*:
///
/// - a timestamp too far ahead of the local wall clock would win over every honest write until
///   the clocks have caught up, so it is refused ([`Limits::max_ahead_ms`]), unless the state has
///   that write already or knows that it is dead: then there is nothing to wait for. The past is
///   never refused: a replica may have been away for years.
/// - a write of *my own* replica id that I never made means that my id is used twice: by a
///   restored backup, a cloned disk, a duplicated tab, or a forger. Merging it would make the next
///   local write collide with one that exists elsewhere.
///
/// A refused state changes nothing. When one is refused as
/// [`OwnWriteUnknown`](AdmitError::OwnWriteUnknown), stop writing under this id and continue
/// under a new one; never skip ahead of the claimed writes, for that would claim, and so delete,
/// what this copy never had.
///
/// # Examples
///
/// ```
/// use crdt_core::{Admit, AdmitError, Dot, DotMap, Limits, Merge, ReplicaId};
///
/// let me = ReplicaId::from_u128(1);
/// let now_ms = 1_700_000_000_000;
/// let mut state = DotMap::<String, u64>::new();
/// state.write(me, "a".into(), 1);
///
/// let backup = state.clone();
/// state.write(me, "b".into(), 2);
///
/// // The restored backup meets a write that it made before it was restored.
/// let mut restored = backup;
/// let refused = restored.admit(&state, me, now_ms, &Limits::default()).unwrap_err();
/// assert_eq!(refused, AdmitError::OwnWriteUnknown { replica: me, claimed: 2, held: 1 });
///
/// // Under a new id it takes part again.
/// let me = ReplicaId::from_u128(2);
/// restored.admit(&state, me, now_ms, &Limits::default())?;
/// restored.merge(state);
/// # Ok::<(), AdmitError>(())
/// ```
pub trait Admit {
    /// Whether `incoming` may be merged into `self`, the state of replica `me`, at the wall-clock
    /// time `now_ms` (milliseconds since the Unix epoch). Cost: at most one look at every entry of
    /// `incoming`.
    ///
    /// # Errors
    ///
    /// When `incoming` claims what it cannot have honestly, as the [trait](Admit) says.
    fn admit(
        &self,
        incoming: &Self,
        me: ReplicaId,
        now_ms: u64,
        limits: &Limits,
    ) -> Result<(), AdmitError>;

    /// The greatest timestamp in this state, for the clock that has to exceed it. By default there
    /// is none.
    fn newest(&self) -> Option<Timestamp> {
        None
    }

    /// Takes `incoming` apart into what may be merged now and what carries a timestamp that is too
    /// far ahead, with the kills that come with it. `now ⊔ later = incoming`, `now` is never refused
    /// as a [`FutureTimestamp`](AdmitError::FutureTimestamp), and `later` is always something that
    /// this state lacks.
    ///
    /// By default all of a state waits, or nothing. Cost: that of [`admit`](Admit::admit).
    fn separate(&self, incoming: Self, now_ms: u64, limits: &Limits) -> Separated<Self>
    where
        Self: Default,
    {
        // An id that nobody can have claimed writes for: what is refused, is for its timestamp.
        let nobody = ReplicaId::from_u128(seed::fresh_key());
        match self.admit(&incoming, nobody, now_ms, limits) {
            Err(AdmitError::FutureTimestamp { timestamp, .. }) => {
                let greatest = incoming.newest().map_or(timestamp, |newest| newest.max(timestamp));
                Separated { now: Self::default(), later: Some((incoming, greatest)) }
            }
            _ => Separated { now: incoming, later: None },
        }
    }

    /// What this state claims of the writes of `me`, without what needs not be kept to know them
    /// again: a mark for [`renew`](Admit::renew), and nothing to merge. By default bottom: no
    /// write bears its writer's name.
    fn claims_of(&self, _me: ReplicaId) -> Self
    where
        Self: Default,
    {
        Self::default()
    }

    /// Takes back what `from` has written beyond `mark`, an earlier
    /// [`claims_of(from)`](Admit::claims_of), and writes it anew as `to`; returns the delta of the
    /// new writes.
    ///
    /// For a copy that finds its id in use twice: what it wrote under that id and nobody is known
    /// to have, it must not share under the old names. By default there is nothing to do, as
    /// nothing was written in anyone's name.
    fn renew(&mut self, _from: ReplicaId, _to: ReplicaId, _mark: &Self) -> Self
    where
        Self: Default,
    {
        Self::default()
    }
}

/// A state taken apart by [`Admit::separate`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Separated<S> {
    /// What may be merged now.
    pub now: S,
    /// What has to wait for the local clock, and the greatest timestamp in it.
    pub later: Option<(S, Timestamp)>,
}

/// What [`Admit`] lets pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How far ahead of the local wall clock a timestamp may be, in milliseconds. 60,000 by
    /// default: beyond every clock that is kept by NTP, and below what would hurt.
    pub max_ahead_ms: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_ahead_ms: 60_000 }
    }
}

impl Limits {
    /// With another [`max_ahead_ms`](Limits::max_ahead_ms).
    pub const fn with_max_ahead_ms(self, max_ahead_ms: u64) -> Self {
        Self { max_ahead_ms }
    }

    /// Whether `timestamp` is not too far ahead of `now_ms`.
    ///
    /// # Errors
    ///
    /// [`AdmitError::FutureTimestamp`] when it is.
    pub const fn check_timestamp(
        &self,
        timestamp: Timestamp,
        now_ms: u64,
    ) -> Result<(), AdmitError> {
        if timestamp.millis() > now_ms.saturating_add(self.max_ahead_ms) {
            return Err(AdmitError::FutureTimestamp {
                timestamp,
                now_ms,
                max_ahead_ms: self.max_ahead_ms,
            });
        }
        Ok(())
    }
}

/// Why an incoming state is refused. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AdmitError {
    /// It carries a timestamp too far in the future: its writer's clock is wrong, or this one's
    /// is. It can be admitted when time has caught up.
    FutureTimestamp {
        /// The timestamp that is too far ahead.
        timestamp: Timestamp,
        /// The local wall clock it was compared with.
        now_ms: u64,
        /// The limit in force.
        max_ahead_ms: u64,
    },
    /// It holds a write of this replica's id that this replica never made: the id is in use twice,
    /// or this copy was restored from an older one. Continue under a new id.
    OwnWriteUnknown {
        /// This replica's id.
        replica: ReplicaId,
        /// The greatest counter, total or timestamp that is claimed for it.
        claimed: u64,
        /// The greatest that this replica holds itself.
        held: u64,
    },
    /// It holds, for a write that this replica made, something else than was written: the id is in
    /// use twice, or somebody forges. Continue under a new id.
    OwnWriteDiffers {
        /// This replica's id.
        replica: ReplicaId,
        /// Which write: the counter of its dot, or its timestamp.
        write: u64,
    },
}

impl fmt::Display for AdmitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FutureTimestamp { timestamp, now_ms, max_ahead_ms } => write!(
                f,
                "timestamp {timestamp} is more than {max_ahead_ms} ms ahead of the local clock \
                 ({now_ms}): check both clocks, or admit it when time has caught up"
            ),
            Self::OwnWriteUnknown { replica, claimed, held } => write!(
                f,
                "a peer holds write {claimed} of replica {replica}, which itself has made only \
                 {held}: its id is in use twice or this copy was restored; continue under a new id"
            ),
            Self::OwnWriteDiffers { replica, write } => write!(
                f,
                "a peer holds another content for write {write} of replica {replica} than was \
                 written: its id is in use twice; continue under a new id"
            ),
        }
    }
}

impl core::error::Error for AdmitError {}
