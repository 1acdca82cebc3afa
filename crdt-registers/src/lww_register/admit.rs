//! Whether a write can be honest.

use core::cmp::Ordering;

use crdt_core::{Admit, AdmitError, Limits, ReplicaId, Timestamp};

use super::LwwRegister;

/// Refuses a timestamp too far ahead that is beyond what this register has, and a write of this
/// replica's that is not below what it holds: whatever it wrote itself, it holds, or something later.
impl<T: PartialEq + Clone> Admit for LwwRegister<T> {
    fn admit(
        &self,
        incoming: &Self,
        me: ReplicaId,
        now_ms: u64,
        limits: &Limits,
    ) -> Result<(), AdmitError> {
        let Some(theirs) = &incoming.written else { return Ok(()) };
        if incoming.stamp() > self.stamp() {
            limits.check_timestamp(theirs.timestamp, now_ms)?;
        }
        if theirs.writer != me {
            return Ok(());
        }
        let claimed = theirs.timestamp.to_bits();
        match incoming.stamp().cmp(&self.stamp()) {
            Ordering::Greater => Err(AdmitError::OwnWriteUnknown {
                replica: me,
                claimed,
                held: self.timestamp().map_or(0, Timestamp::to_bits),
            }),
            Ordering::Equal if incoming.get() != self.get() => {
                Err(AdmitError::OwnWriteDiffers { replica: me, write: claimed })
            }
            _ => Ok(()),
        }
    }

    fn newest(&self) -> Option<Timestamp> {
        self.timestamp()
    }

    /// The register, if its value is one that `me` wrote.
    fn claims_of(&self, me: ReplicaId) -> Self {
        if self.writer() == Some(me) { self.clone() } else { Self::new() }
    }

    /// Keeps the timestamp, so that a value which superseded this one meanwhile still does.
    fn renew(&mut self, from: ReplicaId, to: ReplicaId, mark: &Self) -> Self {
        if self.writer() != Some(from) || self.stamp() <= mark.stamp() {
            return Self::new();
        }
        self.written.iter_mut().for_each(|written| written.writer = to);
        self.clone()
    }
}
