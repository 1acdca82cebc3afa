//! What an incoming map may claim.

use super::{DotMap, Key, Value};
use crate::{Admit, AdmitError, Dot, Limits, ReplicaId};

/// Checks the dots of `me`: this map has seen all that `me` ever wrote, so an incoming one can
/// neither know more of them nor hold another content. Timestamps inside values are the matter of
/// the type that puts them there.
impl<K: Key, V: Value> Admit for DotMap<K, V> {
    fn admit(
        &self,
        incoming: &Self,
        me: ReplicaId,
        _now_ms: u64,
        _limits: &Limits,
    ) -> Result<(), AdmitError> {
        let claimed = incoming.context.get(me);
        let held = self.context.get(me);
        if !claimed.difference(held).is_empty() {
            return Err(AdmitError::OwnWriteUnknown {
                replica: me,
                claimed: claimed.max(),
                held: held.max(),
            });
        }
        for (counter, slot) in claimed.iter().flat_map(|run| incoming.columns.range(me, run)) {
            let dot = Dot { replica: me, counter };
            let theirs = incoming.entries.get(slot);
            if self.entry(dot).is_some_and(|mine| mine != theirs) {
                return Err(AdmitError::OwnWriteDiffers { replica: me, write: counter });
            }
        }
        Ok(())
    }

    /// The dots of `me`, all of them as if dead.
    fn claims_of(&self, me: ReplicaId) -> Self {
        let mut claims = Self::new();
        claims.context.push(me, self.context.get(me).clone());
        claims
    }

    fn renew(&mut self, from: ReplicaId, to: ReplicaId, mark: &Self) -> Self {
        let lost = self.take_back(from, mark.context.max(from));
        let writes = lost.into_iter().map(|entry| (entry.key, entry.value));
        self.write_beside(to, writes)
    }
}
