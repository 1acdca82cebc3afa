//! A run from a seed, and the shortest one that fails as it did.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::any::Any;
use core::fmt::Write;
use core::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crdt_core::laws::Model;

use super::report::{Failure, Law, Report, Violation};
use super::setup::{Setup, Topology, Troubles};
use super::step::{Step, schedule};
use super::story::Story;
use super::world::World;
use crate::{Config, Lattice};

/// How runs are: what a seed does not decide.
///
/// # Examples
///
/// ```
/// use crdt_counters::model::GCounterModel;
/// use crdt_sync::simulation::{Simulation, Topology};
///
/// let ring = Simulation::new().with_topology(Topology::Ring).with_hosts(4);
/// let report = ring.run::<GCounterModel>(7)?;
/// assert_eq!(report, ring.run::<GCounterModel>(7)?, "a seed is a run");
/// # Ok::<(), Box<crdt_sync::simulation::Failure>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Simulation {
    steps: usize,
    hosts: Option<usize>,
    topology: Option<Topology>,
    troubles: Troubles,
    shrinks: usize,
    config: Config,
}

impl Default for Simulation {
    fn default() -> Self {
        Self::new()
    }
}

impl Simulation {
    /// Runs of 60 steps, with two to five hosts, in which everything may happen that there is.
    pub fn new() -> Self {
        Self {
            steps: 60,
            hosts: None,
            topology: None,
            troubles: Troubles::ALL,
            shrinks: 500,
            config: Config::default(),
        }
    }

    /// With another number of steps.
    pub fn with_steps(self, steps: usize) -> Self {
        Self { steps, ..self }
    }

    /// With this many hosts to begin with, of which there are at least two.
    pub fn with_hosts(self, hosts: usize) -> Self {
        Self { hosts: Some(hosts.max(2)), ..self }
    }

    /// With these links to begin with.
    pub fn with_topology(self, topology: Topology) -> Self {
        Self { topology: Some(topology), ..self }
    }

    /// With these kinds of trouble only.
    pub fn with_troubles(self, troubles: Troubles) -> Self {
        Self { troubles, ..self }
    }

    /// With another bound on the schedules tried to make a failure shorter; 0 reports it as found.
    pub fn with_shrinks(self, shrinks: usize) -> Self {
        Self { shrinks, ..self }
    }

    /// With another configuration of the replicas, where the world does not draw it: delays, bounds
    /// and versions it does.
    pub fn with_config(self, config: Config) -> Self {
        Self { config, ..self }
    }

    /// Runs one seed.
    ///
    /// # Errors
    ///
    /// The failure, made as short as possible.
    pub fn run<M: Model<State: Lattice>>(&self, seed: u64) -> Result<Report, Box<Failure>> {
        let (hosts, topology) = (self.hosts, self.topology);
        let setup = Setup::draw(seed, hosts, topology, self.troubles, &self.config);
        let steps = schedule(&setup, self.steps);
        outcome::<M>(&setup, &steps, &Story::default())
            .map_err(|violation| Box::new(self.shrunk::<M>(&setup, steps, violation)))
    }

    /// Runs a range of seeds.
    ///
    /// # Errors
    ///
    /// The first failure, made as short as possible.
    pub fn run_all<M: Model<State: Lattice>>(&self, seeds: Range<u64>) -> Result<(), Box<Failure>> {
        seeds.into_iter().try_for_each(|seed| self.run::<M>(seed).map(|_| ()))
    }

    /// Runs a range of seeds.
    ///
    /// # Panics
    ///
    /// When one fails, with the report of the [`Failure`].
    pub fn check<M: Model<State: Lattice>>(&self, seeds: Range<u64>) {
        if let Err(failure) = self.run_all::<M>(seeds) {
            panic!("\n{failure}");
        }
    }

    /// Leaves out steps for as long as it fails in the same way: halves, quarters, single ones.
    fn shrunk<M: Model<State: Lattice>>(
        &self,
        setup: &Setup,
        mut steps: Vec<Step>,
        mut violation: Violation,
    ) -> Failure {
        let (found_in, mut shrinks) = (steps.len(), 0);
        let mut length = steps.len().div_ceil(2);
        while length > 0 {
            let (mut from, mut is_shorter) = (0, false);
            while from < steps.len() && shrinks < self.shrinks {
                let to = (from + length).min(steps.len());
                let shorter = [&steps[..from], &steps[to..]].concat();
                shrinks += 1;
                match outcome::<M>(setup, &shorter, &Story::default()) {
                    Err(found) if found.law == violation.law => {
                        (steps, violation, is_shorter) = (shorter, found, true);
                    }
                    _ => from = to,
                }
            }
            if shrinks >= self.shrinks || (length == 1 && !is_shorter) {
                break;
            }
            length = if is_shorter && length == 1 { 1 } else { length / 2 };
        }
        let story = Story::wanted();
        let _again = outcome::<M>(setup, &steps, &story);
        Failure {
            violation,
            story: story.lines(),
            seed: setup.seed,
            world: describe(setup),
            schedule: steps.iter().map(ToString::to_string).collect(),
            found_in,
            shrinks,
        }
    }
}

fn outcome<M: Model<State: Lattice>>(
    setup: &Setup,
    steps: &[Step],
    story: &Story,
) -> Result<Report, Violation> {
    let run = || World::<M>::new(setup.clone(), story.clone()).and_then(|world| world.run(steps));
    let run = || crdt_core::seed::repeatably(u128::from(setup.seed), run);
    catch_unwind(AssertUnwindSafe(run))
        .unwrap_or_else(|panic| Err(Violation { law: Law::NoPanic, evidence: message(&*panic) }))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
    text.unwrap_or_else(|| "a panic without words".into())
}

fn describe(setup: &Setup) -> String {
    let mut text = format!("{} hosts, {:?}", setup.configs.len(), setup.topology);
    text.push_str(if setup.troubles.datagrams { ", datagrams" } else { ", connections" });
    if setup.is_broadcast {
        text.push_str(", and a stream for everybody");
    }
    if setup.troubles.tightness {
        let logs: Vec<_> = setup.configs.iter().map(|config| config.log_bytes).collect();
        let most = setup.configs.first().map_or(0, |config| config.max_message);
        let _infallible = write!(text, ", messages of {most} bytes, logs of {logs:?}");
    }
    if setup.troubles.versions {
        let minors: Vec<_> = setup.configs.iter().map(|config| config.minor).collect();
        let _infallible = write!(text, ", minor versions {minors:?}");
    }
    text
}
