//! How many cases, from which seed.

use alloc::vec::Vec;
use core::fmt::Debug;
use core::str::FromStr;
use std::env;

use super::{Failure, Model, check, runner};
use crate::{Admit, Observe};

/// How a [`check`](super::check) runs.
///
/// # Examples
///
/// ```no_run
/// # use crdt_core::laws::{Config, Model};
/// # fn my_test<MyModel: Model>() {
/// Config::from_env().with_cases(5_000).check::<MyModel>();
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    seed: Setting<u64>,
    cases: Setting<usize>,
    steps: usize,
    shrinks: usize,
}

/// A value, and whether the environment gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Setting<T> {
    value: T,
    from_env: bool,
}

impl<T: FromStr> Setting<T> {
    const fn new(value: T) -> Self {
        Self { value, from_env: false }
    }

    fn or_env(self, variable: &str) -> Self {
        match env::var(variable) {
            Err(_) => self,
            Ok(text) => Self { value: parse(variable, &text), from_env: true },
        }
    }

    fn with(self, value: T) -> Self {
        if self.from_env { self } else { Self::new(value) }
    }
}

fn parse<T: FromStr>(variable: &str, text: &str) -> T {
    text.trim().parse().unwrap_or_else(|_| panic!("{variable} is a whole number, not {text:?}"))
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}

impl Config {
    /// 200 cases of at most 32 steps, a quarter of them storms of four times that, from a seed
    /// that is always the same. The environment is not looked at.
    pub const fn new() -> Self {
        Self { seed: Setting::new(0), cases: Setting::new(200), steps: 32, shrinks: 1_000 }
    }

    /// As [`new`](Config::new), but where the environment variables `CRDT_SEED` and `CRDT_CASES`
    /// are set, they decide: over the defaults, and over [`with_seed`](Config::with_seed) and
    /// [`with_cases`](Config::with_cases), so that the line which a failure prints repeats it.
    ///
    /// # Panics
    ///
    /// When one of them is set to something else than a whole number.
    pub fn from_env() -> Self {
        let config = Self::new();
        Self {
            seed: config.seed.or_env("CRDT_SEED"),
            cases: config.cases.or_env("CRDT_CASES"),
            ..config
        }
    }

    /// With another seed. The first case runs from this very seed, the others from seeds that
    /// follow from it.
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed: self.seed.with(seed), ..self }
    }

    /// With another number of cases: random schedules to run.
    pub fn with_cases(self, cases: usize) -> Self {
        Self { cases: self.cases.with(cases), ..self }
    }

    /// With another greatest number of steps in a schedule; a storm has four times as many. A
    /// failure repeats under the same number only.
    pub const fn with_steps(self, steps: usize) -> Self {
        Self { steps, ..self }
    }

    /// With another bound on the schedules tried to make a failure simpler; 0 reports it as found.
    pub const fn with_shrinks(self, shrinks: usize) -> Self {
        Self { shrinks, ..self }
    }

    pub(super) const fn seed(&self) -> u64 {
        self.seed.value
    }

    pub(super) const fn cases(&self) -> usize {
        self.cases.value
    }

    pub(super) const fn steps(&self) -> usize {
        self.steps
    }

    pub(super) const fn shrinks(&self) -> usize {
        self.shrinks
    }

    /// Checks all laws.
    ///
    /// # Panics
    ///
    /// When one is broken, with the report of the [`Failure`].
    pub fn check<M: Model>(&self) {
        if let Err(failure) = self.run::<M>() {
            panic!("\n{failure}");
        }
    }

    /// Checks all laws.
    ///
    /// # Errors
    ///
    /// The first failure, made as simple as possible.
    pub fn run<M: Model>(&self) -> Result<(), Failure> {
        runner::run::<M>(self, check::check)
    }

    /// Checks the laws of [`Admit`], as [`check_admit`](super::check_admit) says.
    ///
    /// # Panics
    ///
    /// When one is broken, with the report of the [`Failure`].
    pub fn check_admit<M: Model<State: Admit>>(&self) {
        if let Err(failure) = self.run_admit::<M>() {
            panic!("\n{failure}");
        }
    }

    /// Checks the laws of [`Admit`], as [`check_admit`](super::check_admit) says.
    ///
    /// # Errors
    ///
    /// The first failure, made as simple as possible.
    pub fn run_admit<M: Model<State: Admit>>(&self) -> Result<(), Failure> {
        runner::run::<M>(self, |trace, _| check::admit::check(trace))
    }

    /// Checks the laws of [`Observe`], as [`check_observe`](super::check_observe) says.
    ///
    /// # Panics
    ///
    /// When one is broken, with the report of the [`Failure`].
    pub fn check_observe<M: Model>(
        &self,
        items: impl Fn(&M::State) -> Vec<<M::State as Observe>::Item>,
    ) where
        M::State: Observe<Item: Clone + PartialEq + Debug>,
    {
        if let Err(failure) = self.run_observe::<M>(items) {
            panic!("\n{failure}");
        }
    }

    /// Checks the laws of [`Observe`], as [`check_observe`](super::check_observe) says.
    ///
    /// # Errors
    ///
    /// The first failure, made as simple as possible.
    pub fn run_observe<M: Model>(
        &self,
        items: impl Fn(&M::State) -> Vec<<M::State as Observe>::Item>,
    ) -> Result<(), Failure>
    where
        M::State: Observe<Item: Clone + PartialEq + Debug>,
    {
        runner::run::<M>(self, |trace, generator| check::observe::check(trace, generator, &items))
    }
}

#[cfg(test)]
mod tests {
    use super::{Setting, parse};

    #[test]
    fn what_the_environment_gave_stays() {
        let given = Setting { value: 7_u64, from_env: true };
        assert_eq!(given.with(1).value, 7);
        assert_eq!(Setting::new(7_u64).with(1).value, 1);
    }

    #[test]
    #[should_panic(expected = "CRDT_CASES is a whole number, not \"many\"")]
    fn what_is_no_number_is_named() {
        let _: usize = parse("CRDT_CASES", "many");
    }
}
