//! The last-writer-wins register: `LWW-Register` of Shapiro, Preguiça, Baquero and Zawirski 2011,
//! section 3.2.1, stamped by a hybrid logical clock (Kulkarni et al. 2014).

mod admit;
#[cfg(feature = "quickcheck")]
mod arbitrary;
mod delta;
mod digest;
mod merge;
#[cfg(feature = "serde")]
mod serde;
mod wire;

use core::fmt;

use crdt_core::{ClockError, ReplicaId, Timestamp};

pub use digest::LwwRegisterDigest;

/// One value, of which the last written stays: a profile's name, a setting, a status.
///
/// Every write carries a timestamp. The join keeps the write with the greater timestamp; between
/// equal timestamps that of the greater replica id, and between writes equal in both (which only a
/// fault or a forger makes) the value with the greater canonical bytes. So all replicas choose the
/// same write. Of concurrent writes all but one are lost; where they must not be, use a multi-value
/// register.
///
/// A write costs O(1) and a clone of the value for its delta, a merge O(1). Size: the value, a
/// timestamp and a replica id; it does not grow with writes or replicas.
///
/// With the feature `serde` it is `null` before the first write, and then
/// `{"timestamp": "1000.0", "writer": "<uuid>", "value": "Alice"}`.
///
/// # Examples
///
/// ```
/// use crdt_registers::{Clock, LwwRegister, Merge, Reading, ReplicaId};
///
/// let (eu, us) = (ReplicaId::from_u128(1), ReplicaId::from_u128(2));
/// let (mut eu_clock, mut us_clock) = (Clock::new(), Clock::new());
///
/// let mut name = LwwRegister::new();
/// name.set(eu, eu_clock.now(Reading::wall(1_000))?, "Alice".to_string())?;
///
/// let mut elsewhere = LwwRegister::new();
/// let delta = elsewhere.set(us, us_clock.now(Reading::wall(1_001))?, "Alicia".to_string())?;
///
/// name.merge(delta);
/// assert_eq!(name.get().map(String::as_str), Some("Alicia"));
/// # Ok::<(), crdt_registers::ClockError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct LwwRegister<T> {
    written: Option<Written<T>>,
}

/// A value and who wrote it when.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(::serde::Serialize, ::serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
struct Written<T> {
    timestamp: Timestamp,
    writer: ReplicaId,
    value: T,
}

impl<T> Written<T> {
    /// What orders writes, but for those that a fault has given one stamp.
    fn stamp(&self) -> (Timestamp, ReplicaId) {
        (self.timestamp, self.writer)
    }
}

impl<T> LwwRegister<T> {
    /// The register that has never been written.
    pub const fn new() -> Self {
        Self { written: None }
    }

    /// The value; `None` before the first write.
    pub fn get(&self) -> Option<&T> {
        self.written.as_ref().map(|written| &written.value)
    }

    /// When the value was written; `None` before the first write.
    pub fn timestamp(&self) -> Option<Timestamp> {
        self.written.as_ref().map(|written| written.timestamp)
    }

    /// Who wrote the value; `None` before the first write.
    pub fn writer(&self) -> Option<ReplicaId> {
        self.written.as_ref().map(|written| written.writer)
    }

    /// The stamp of the value; `None`, which is below all, before the first write.
    fn stamp(&self) -> Option<(Timestamp, ReplicaId)> {
        self.written.as_ref().map(Written::stamp)
    }
}

impl<T: Clone> LwwRegister<T> {
    /// Writes a value; returns the change.
    ///
    /// `timestamp` is what the clock of `me` says ([`Clock::now`](crdt_core::Clock::now)). What the
    /// writer has seen is always superseded: where a clock runs so far behind that the write would
    /// lose against the value that it replaces, it is stamped right after that instead.
    /// [`timestamp`](LwwRegister::timestamp) tells the stamp; let the clock
    /// [observe](crdt_core::Clock::observe) what is merged and the two will not differ.
    ///
    /// # Errors
    ///
    /// [`ClockError::WornOut`] when there is no timestamp after that of the value held. Only a
    /// forged timestamp, merged without [`admit`](crdt_core::Admit::admit), comes there. Nothing
    /// was changed.
    pub fn set(
        &mut self,
        me: ReplicaId,
        timestamp: Timestamp,
        value: T,
    ) -> Result<Self, ClockError> {
        let timestamp = match self.stamp() {
            Some(held) if held >= (timestamp, me) => held.0.next().ok_or(ClockError::WornOut)?,
            _ => timestamp,
        };
        self.written = Some(Written { timestamp, writer: me, value });
        Ok(self.clone())
    }
}

impl<T> Default for LwwRegister<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Reads `LwwRegister("Alice" at 1000.0 by …0001)`.
impl<T: fmt::Debug> fmt::Debug for LwwRegister<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.written {
            None => f.write_str("LwwRegister(never written)"),
            Some(Written { timestamp, writer, value }) => {
                write!(f, "LwwRegister({value:?} at {timestamp} by {writer:?})")
            }
        }
    }
}
