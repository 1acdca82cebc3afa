//! `admit`: what is honest passes, and a copy that was restored finds out.

use alloc::string::ToString;

use super::join;
use crate::laws::failure::Violation;
use crate::laws::schedule::GREATEST_SKEW_MS;
use crate::laws::trace::{Delivery, Trace, Write};
use crate::laws::{Author, Law, Model};
use crate::{Admit, Limits, ReplicaId, Wire};

/// An id that no replica of a run has.
const STRANGER: ReplicaId = ReplicaId::from_u128(u128::MAX);

pub(in crate::laws) fn check<M: Model<State: Admit>>(trace: &Trace<M>) -> Result<(), Violation> {
    trace.deliveries.iter().try_for_each(honest)?;
    trace.writes.iter().try_for_each(restored)
}

/// No clock of a run is ahead of another by more.
fn limits() -> Limits {
    Limits::default().with_max_ahead_ms(GREATEST_SKEW_MS.into())
}

/// Whatever reaches a replica in a run is honest, its own writes that come back included.
fn honest<S: Admit + core::fmt::Debug>(delivery: &Delivery<S>) -> Result<(), Violation> {
    let Delivery { me, now_ms, held, arrived } = delivery;
    held.state.admit(arrived, *me, *now_ms, &limits()).map_err(|error| {
        Violation::of(Law::HonestIsAdmitted)
            .with_sample("state", held)
            .with("incoming", arrived)
            .with_text("refused", error.to_string())
    })
}

/// The writer, had it been restored from an older copy and gone on under its old id, refuses what
/// it wrote afterwards.
fn restored<M: Model<State: Admit>>(write: &Write<M>) -> Result<(), Violation> {
    if !is_signed(write) {
        return Ok(());
    }
    let Write { author, now_ms, before, delta, after, persisted, .. } = write;
    let persisted = M::State::decode(persisted).unwrap_or_default();
    for copy in [&before.state, &persisted] {
        for incoming in [delta, after] {
            let lacks = join(copy, incoming) != *copy;
            if lacks && copy.admit(incoming, author.replica, *now_ms, &limits()).is_ok() {
                return Err(Violation::of(Law::LostWriteIsRefused)
                    .with("operation", &write.operation)
                    .with("written by", &author.replica)
                    .with("restored copy", copy)
                    .with("incoming", incoming));
            }
        }
    }
    Ok(())
}

/// Whether the change would have been another from another replica. One that would not claims
/// nothing of its writer: an element of a grow-only set, a removal.
fn is_signed<M: Model>(write: &Write<M>) -> bool {
    let stranger = Author { replica: STRANGER, ..write.author };
    M::apply(&mut write.before.state.clone(), &stranger, &write.operation) != write.delta
}
