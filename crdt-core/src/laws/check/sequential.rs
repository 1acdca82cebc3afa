//! One replica alone does what the sequential specification says.

use alloc::format;
use alloc::vec::Vec;

use crate::laws::failure::Violation;
use crate::laws::{Author, Law, Model};
use crate::{ReplicaId, Timestamp};

pub(in crate::laws) fn check<M: Model>(operations: &[M::Operation]) -> Result<(), Violation> {
    let mut state = M::State::default();
    for done in 0..=operations.len() {
        let Some(specified) = M::sequential(&operations[..done]) else { return Ok(()) };
        let observed = M::observe(&state);
        if observed != specified {
            let story =
                operations[..done].iter().map(|operation| format!("A writes {operation:?}"));
            let mut violation = Violation::of(Law::Sequential)
                .with("state", &state)
                .with("observed", &observed)
                .with("specified", &specified);
            violation.story = Some(story.collect::<Vec<_>>());
            return Err(violation);
        }
        if let Some(operation) = operations.get(done) {
            let author = Author {
                replica: ReplicaId::from_u128(0xa),
                timestamp: Timestamp::from_bits(1 + done as u64),
            };
            M::apply(&mut state, &author, operation);
        }
    }
    Ok(())
}
