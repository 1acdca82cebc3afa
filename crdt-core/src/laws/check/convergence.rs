//! Strong eventual consistency: after the network has healed, all replicas are equal.

use alloc::string::String;
use alloc::vec::Vec;

use super::{encoding, join};
use crate::laws::failure::Violation;
use crate::laws::{Law, Model};
use crate::{Delta, Merge, Wire};

/// Every replica asks every other, by digest, what it lacks.
pub(in crate::laws) fn check<M: Model>(replicas: &[(String, M::State)]) -> Result<(), Violation> {
    let all = replicas.iter().fold(M::State::default(), |all, (_, state)| join(&all, state));
    let mut states: Vec<M::State> = replicas.iter().map(|(_, state)| state.clone()).collect();
    for here in 0..states.len() {
        for there in 0..states.len() {
            let answer = states[there].delta_since(&states[here].digest());
            states[here].merge(answer);
        }
    }
    if states.iter().all(|state| *state == all) {
        let bytes = all.encode();
        return states.iter().try_for_each(|state| {
            encoding::same::<M>("state", (state, &state.encode()), (&all, &bytes))
        });
    }
    let mut violation = Violation::of(Law::Convergence);
    for ((name, before), state) in replicas.iter().zip(&states) {
        violation = violation
            .with(alloc::format!("{name} before the exchange"), before)
            .with(alloc::format!("{name} after it"), state);
    }
    Err(violation.with("merge of all states", &all))
}
