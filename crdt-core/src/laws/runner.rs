//! Cases from seeds, and what is made of a failure.

use alloc::string::{String, ToString};
use core::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use quickcheck::{Arbitrary, Gen};

use super::failure::{Failure, Violation};
use super::random::case_seed;
use super::schedule::Schedule;
use super::simulation::{narrate, simulate};
use super::trace::Trace;
use super::{Config, Law, Model};

/// The size that operations are generated under.
const OPERATION_SIZE: usize = 8;

/// Runs the cases of a configuration up to the first failure, and checks these laws on what each
/// reached.
pub(super) fn run<M: Model>(
    config: &Config,
    laws: impl Fn(&Trace<M>, &mut Gen) -> Result<(), Violation>,
) -> Result<(), Failure> {
    let outcome = |schedule: &Schedule<M::Operation>, seed| outcome::<M>(schedule, seed, &laws);
    for case in 0..config.cases() {
        let seed = case_seed(config.seed(), case);
        let mut generator = Gen::from_size_and_seed(OPERATION_SIZE, seed);
        let schedule = Schedule::arbitrary(&mut generator, config.steps());
        if let Err(violation) = outcome(&schedule, seed) {
            let found_in = schedule.steps.len();
            let (schedule, violation, shrinks) =
                shrunk(schedule, violation, config.shrinks(), |simpler| outcome(simpler, seed));
            return Err(Failure {
                schedule: violation.story.clone().unwrap_or_else(|| narrate::<M>(&schedule)),
                violation,
                seed,
                case: case + 1,
                cases: config.cases(),
                found_in,
                shrinks,
            });
        }
    }
    Ok(())
}

/// Carries a schedule out and checks laws; which states are looked at follows from the seed.
fn outcome<M: Model>(
    schedule: &Schedule<M::Operation>,
    seed: u64,
    laws: impl Fn(&Trace<M>, &mut Gen) -> Result<(), Violation>,
) -> Result<(), Violation> {
    let checked = catch_unwind(AssertUnwindSafe(|| {
        let run = simulate::<M>(schedule);
        let mut generator = Gen::from_size_and_seed(OPERATION_SIZE, !seed);
        run.violation.map_or_else(|| laws(&run.trace, &mut generator), Err)
    }));
    checked.unwrap_or_else(|panic| {
        Err(Violation::of(Law::NoPanic).with_text("it panicked with", panic_message(&*panic)))
    })
}

/// The simplest schedule found that breaks the same law, and how many were tried.
fn shrunk<O: Arbitrary>(
    mut schedule: Schedule<O>,
    mut violation: Violation,
    attempts: usize,
    outcome: impl Fn(&Schedule<O>) -> Result<(), Violation>,
) -> (Schedule<O>, Violation, usize) {
    let mut tried = 0;
    let mut candidates = schedule.simpler();
    while tried < attempts {
        let Some(simpler) = candidates.next() else { break };
        tried += 1;
        if let Err(found) = outcome(&simpler)
            && found.law == violation.law
        {
            candidates = simpler.simpler();
            (schedule, violation) = (simpler, found);
        }
    }
    (schedule, violation, tried)
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}
