//! Whether a write can be honest.

use crdt_core::{Admit, AdmitError, Limits, ReplicaId, Timestamp};

use super::LwwRegister;

/// Refuses a timestamp too far ahead, and a write of this replica's that is not below what it
/// holds: whatever it wrote itself, it holds, or something later.
impl<T: PartialEq> Admit for LwwRegister<T> {
    fn admit(
        &self,
        incoming: &Self,
        me: ReplicaId,
        now_ms: u64,
        limits: &Limits,
    ) -> Result<(), AdmitError> {
        let Some(theirs) = &incoming.written else { return Ok(()) };
        limits.check_timestamp(theirs.timestamp, now_ms)?;
        if theirs.writer != me {
            return Ok(());
        }
        let held = self.stamp();
        let never_made =
            incoming.stamp() > held || incoming.stamp() == held && incoming.get() != self.get();
        if never_made {
            return Err(AdmitError::OwnWriteUnknown {
                replica: me,
                claimed: theirs.timestamp.to_bits(),
                held: self.timestamp().map_or(0, Timestamp::to_bits),
            });
        }
        Ok(())
    }
}
