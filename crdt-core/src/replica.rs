//! Who writes.

use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;

use uuid::Uuid;

/// One writer: 128 random bits, written as a UUID.
///
/// Every copy of a state that mutates needs an id of its own, and the caller gives it: with
/// `ReplicaId::random()` (feature `random`), say, or from a `uuid::Uuid`, and keeps it beside the
/// state. An id is never part of what a state *is*.
///
/// **Two copies must not write under one id.** They would name two different writes by the same
/// [`Dot`](crate::Dot), or raise one total independently, and one of the two would be lost without
/// a word. A state restored from a backup, or cloned with its disk, continues under a new id;
/// [`Admit`](crate::Admit) finds out most cases where it did not.
///
/// # Examples
///
/// ```
/// use crdt_core::ReplicaId;
///
/// let id: ReplicaId = "6e0f1b8a-7f3c-4c9e-9d0e-3a5b1c2d4e5f".parse()?;
/// assert_eq!(id.to_string(), "6e0f1b8a-7f3c-4c9e-9d0e-3a5b1c2d4e5f");
/// assert_ne!(id, ReplicaId::from_u128(1));
/// # Ok::<(), crdt_core::ParseReplicaIdError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct ReplicaId(Uuid);

impl ReplicaId {
    /// The id with these bits. Small numbers are for examples and tests; in earnest an id is random:
    /// `ReplicaId::random()` with the feature `random`.
    pub const fn from_u128(bits: u128) -> Self {
        Self(Uuid::from_u128(bits))
    }

    /// An id that nobody else has: a version 4 UUID.
    #[cfg(feature = "random")]
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The id with these bytes, most significant first.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }

    /// Its bytes, most significant first.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// Its bits as a number; ids order as these numbers do.
    pub const fn as_u128(&self) -> u128 {
        self.0.as_u128()
    }
}

/// As two integers: every search for a replica comes here, and comparing bytes takes a call.
impl Ord for ReplicaId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_u128().cmp(&other.as_u128())
    }
}

impl PartialOrd for ReplicaId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<Uuid> for ReplicaId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl From<ReplicaId> for Uuid {
    fn from(id: ReplicaId) -> Self {
        id.0
    }
}

impl fmt::Display for ReplicaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Short for a person's eyes: the first eight digits, or the last after leading zeros (`…0001`).
impl fmt::Debug for ReplicaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.as_u128();
        if bits >> 64 == 0 {
            write!(f, "…{bits:04x}")
        } else {
            write!(f, "{:08x}…", bits >> 96)
        }
    }
}

/// The text is not a UUID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseReplicaIdError(uuid::Error);

impl fmt::Display for ParseReplicaIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a replica id is written as a UUID: {}", self.0)
    }
}

impl core::error::Error for ParseReplicaIdError {}

impl FromStr for ReplicaId {
    type Err = ParseReplicaIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::parse_str(text).map(Self).map_err(ParseReplicaIdError)
    }
}
