//! `admit`: what is honest passes, and a copy that was restored finds out.

use alloc::string::ToString;

use super::join;
use crate::laws::failure::Violation;
use crate::laws::schedule::GREATEST_SKEW_MS;
use crate::laws::trace::{Delivery, Trace, Write};
use crate::laws::{Author, Law, Model};
use crate::{Admit, AdmitError, Delta, Limits, Merge, ReplicaId, Timestamp, Wire};

/// An id that no replica of a run has.
const STRANGER: ReplicaId = ReplicaId::from_u128(u128::MAX);

pub(in crate::laws) fn check<M: Model<State: Admit>>(trace: &Trace<M>) -> Result<(), Violation> {
    trace.deliveries.iter().try_for_each(honest)?;
    trace.deliveries.iter().try_for_each(separated)?;
    trace.writes.iter().try_for_each(restored)?;
    trace.writes.iter().try_for_each(renewed)
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

/// What arrives is taken apart, at instants at which none, some or all of it is too far ahead.
fn separated<S: Admit + Merge + Default + Clone + PartialEq + core::fmt::Debug>(
    delivery: &Delivery<S>,
) -> Result<(), Violation> {
    let Delivery { held, arrived, .. } = delivery;
    let limits = Limits::default().with_max_ahead_ms(0);
    let newest = arrived.newest().map_or(0, Timestamp::millis);
    for now_ms in [0, newest.saturating_sub(1), newest, u64::MAX] {
        let apart = held.state.separate(arrived.clone(), now_ms, &limits);
        let violation = |law| {
            Violation::of(law)
                .with_sample("state", held)
                .with("incoming", arrived)
                .with("at", &now_ms)
                .with("may be merged now", &apart.now)
                .with("has to wait", &apart.later)
        };
        let whole = apart.later.iter().fold(apart.now.clone(), |now, (later, _)| join(&now, later));
        if whole != *arrived {
            return Err(violation(Law::SeparatedIsWhole));
        }
        let is_late = |timestamp| limits.check_timestamp(timestamp, now_ms).is_err();
        let waits_rightly = apart.later.as_ref().is_none_or(|(_, newest)| is_late(*newest));
        let refused = held.state.admit(&apart.now, STRANGER, now_ms, &limits);
        if !waits_rightly || matches!(refused, Err(AdmitError::FutureTimestamp { .. })) {
            return Err(violation(Law::SeparatedIsTimely));
        }
        if apart.later.iter().any(|(later, _)| join(&held.state, later) == held.state) {
            return Err(violation(Law::SeparatedIsNew));
        }
    }
    Ok(())
}

/// A write made under an id that turns out to be in use twice is made anew under another.
fn renewed<M: Model<State: Admit>>(write: &Write<M>) -> Result<(), Violation> {
    let Write { author, now_ms, before, after, .. } = write;
    if after.claims_of(author.replica).is_bottom() {
        // It does not say who wrote what.
        return Ok(());
    }
    let mark = before.state.claims_of(author.replica);
    let mut renewed = after.clone();
    let delta = renewed.renew(author.replica, STRANGER, &mark);
    let violation = |law| {
        Violation::of(law)
            .with_sample("state at the mark", before)
            .with("state", after)
            .with("written anew", &renewed)
            .with("the delta of that", &delta)
    };
    if before.state.admit(&renewed, author.replica, *now_ms, &limits()).is_err() {
        return Err(violation(Law::RenewedIsUnclaimed));
    }
    if join(&renewed, &delta) != renewed {
        return Err(violation(Law::RenewedIsTold));
    }
    Ok(())
}
