//! Arbitrary states that can occur.

use quickcheck::Gen;

use super::Model;
use super::random::once_in;
use super::schedule::Schedule;
use super::simulation::simulate;
use crate::Delta;

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
    // A short run may come to nothing: what is empty is tried, but not often.
    let runs = if once_in(generator, 8) { 1 } else { 8 };
    let mut states = (0..runs).map(|_| after_a_run::<M>(generator));
    states.find(|state| !state.is_bottom()).unwrap_or_default()
}

fn after_a_run<M: Model>(generator: &mut Gen) -> M::State {
    let most = generator.size().max(1);
    let mut schedule = Schedule::generate(generator, most);
    let bits = (0..u64::BITS).map(|_| u64::from(once_in(generator, 2)));
    schedule.namespace = bits.fold(0, |namespace, bit| namespace << 1 | bit);
    let run = simulate::<M>(&schedule);
    if let Some(violation) = run.violation {
        panic!("{}\n{}", violation.law, violation.evidence());
    }
    let drawn = run.trace.sample(generator, 1);
    drawn.into_iter().next().map(|sample| sample.state).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use quickcheck::Gen;

    use super::reachable;
    use crate::laws::numbers::Numbers;
    use crate::{Delta, DotMap, Merge};

    fn states(seed: u64) -> Vec<DotMap<u8, ()>> {
        let mut generator = Gen::from_size_and_seed(20, seed);
        (0..50).map(|_| reachable::<Numbers>(&mut generator)).collect()
    }

    #[test]
    fn states_of_different_runs_can_be_merged() {
        for pair in states(1).windows(2) {
            let [a, b] = pair else { continue };
            let (mut ab, mut ba) = (a.clone(), b.clone());
            ab.merge_ref(b);
            ba.merge_ref(a);
            assert_eq!(ab, ba);
            assert_eq!(ab.context().len(), a.context().len() + b.context().len());
        }
    }

    #[test]
    fn they_follow_from_the_generator_and_are_rarely_bottom() {
        assert_eq!(states(2), states(2));
        assert!(states(2).iter().filter(|state| state.is_bottom()).count() < 10);
    }
}
