//! Whether a state can be honest about this replica.

use crdt_core::{AdmitError, ReplicaId};

use super::Tallies;

impl<const COLUMNS: usize> Tallies<COLUMNS> {
    /// Refuses a cell in the row of `me` above what it can be: nobody can have seen more of my
    /// counts than I made. `bounds` names for each column that of the totals which bound it.
    pub(crate) fn admit(
        &self,
        incoming: &Self,
        me: ReplicaId,
        bounds: [usize; COLUMNS],
    ) -> Result<(), AdmitError> {
        let mine = self.get(me);
        for (claimed, bound) in incoming.get(me).into_iter().zip(bounds) {
            let held = mine[bound];
            if claimed > held {
                return Err(AdmitError::OwnWriteUnknown { replica: me, claimed, held });
            }
        }
        Ok(())
    }
}
