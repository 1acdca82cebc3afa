//! Cases from seeds, and what is made of a failure.

use alloc::string::{String, ToString};
use core::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use quickcheck::Gen;

use super::failure::{Failure, Violation};
use super::random::case_seed;
use super::schedule::Schedule;
use super::simulation::{narrate, simulate};
use super::{Config, Law, Model, check};

/// The size that operations are generated under.
const OPERATION_SIZE: usize = 8;

/// Runs the cases of a configuration up to the first failure.
pub(super) fn run<M: Model>(config: &Config) -> Result<(), Failure> {
    for case in 0..config.cases() {
        let seed = case_seed(config.seed(), case);
        let mut generator = Gen::from_size_and_seed(OPERATION_SIZE, seed);
        let schedule = Schedule::arbitrary(&mut generator, config.steps());
        if let Err(violation) = outcome::<M>(&schedule, seed) {
            let found_in = schedule.steps.len();
            let (schedule, violation, shrinks) =
                shrunk::<M>(schedule, violation, seed, config.shrinks());
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

/// Carries a schedule out and checks all laws; which states are looked at follows from the seed.
fn outcome<M: Model>(schedule: &Schedule<M::Operation>, seed: u64) -> Result<(), Violation> {
    let checked = catch_unwind(AssertUnwindSafe(|| {
        let run = simulate::<M>(schedule);
        let mut generator = Gen::from_size_and_seed(OPERATION_SIZE, !seed);
        run.violation.map_or_else(|| check::check(&run.trace, &mut generator), Err)
    }));
    checked.unwrap_or_else(|panic| {
        Err(Violation::of(Law::NoPanic).with_text("it panicked with", panic_message(&*panic)))
    })
}

/// The simplest schedule found that breaks the same law, and how many were tried.
fn shrunk<M: Model>(
    mut schedule: Schedule<M::Operation>,
    mut violation: Violation,
    seed: u64,
    attempts: usize,
) -> (Schedule<M::Operation>, Violation, usize) {
    let mut tried = 0;
    let mut candidates = schedule.simpler();
    while tried < attempts {
        let Some(simpler) = candidates.next() else { break };
        tried += 1;
        if let Err(found) = outcome::<M>(&simpler, seed)
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
