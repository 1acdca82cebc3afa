//! Arbitrary states that can occur.

use alloc::vec::Vec;

use quickcheck::Gen;

use super::Model;
use super::random::once_in;
use super::schedule::Schedule;
use super::simulation::simulate;

/// A state that operations and merges can lead to, for the `Arbitrary` implementation of a state:
/// that of a replica, a single delta, or a join of some.
///
/// Random fields would make states that no replica can hold, and tests that pass or fail on them
/// say nothing.
///
/// Every state comes of a run of its own with replica ids of its own, so that any two can be
/// merged: what one holds is concurrent to what the other holds.
///
/// # Panics
///
/// When the run breaks a law on its way: [`check`](super::check) the model.
///
/// # Examples
///
/// ```
/// use crdt_core::laws::{self, Model};
/// use quickcheck::Gen;
///
/// fn some_state<M: Model>(generator: &mut Gen) -> M::State {
///     laws::reachable::<M>(generator)
/// }
/// ```
pub fn reachable<M: Model>(generator: &mut Gen) -> M::State {
    let most = generator.size().max(1);
    let mut schedule = Schedule::generate(generator, most);
    schedule.namespace =
        (0..u64::BITS).fold(0, |bits, _| bits << 1 | u64::from(once_in(generator, 2)));
    let run = simulate::<M>(&schedule);
    if let Some(violation) = run.violation {
        panic!("{}\n{}", violation.law, violation.evidence());
    }
    let states: Vec<M::State> =
        run.trace.sample(generator, 1).into_iter().map(|sample| sample.state).collect();
    states.into_iter().next().unwrap_or_default()
}
