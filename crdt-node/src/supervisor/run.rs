//! A run, from the first line of the file to the tables at the end.

use std::collections::BTreeSet;
use std::io::Write;
use std::time::{Duration, Instant};

use super::fleet::Fleet;
use super::{Failure, convergence, report};
use crate::operations::{Plan, Reading, Statement, Step, Value};

/// Runs `plan` over one process per region and tells on `output` what happens. Succeeds when all
/// regions are equal at the end and everything was as expected.
///
/// # Errors
///
/// When they are not, when a region refuses an operation, or when processes cannot be run. All
/// regions have been ended then too.
pub fn run(plan: &Plan, output: &mut dyn Write) -> Result<(), Failure> {
    let fleet = Fleet::start(&plan.regions, output)?;
    let mut run = Run { fleet, healed: None, wrote: None, disappointed: Vec::new() };
    for step in &plan.steps {
        run.step(step).map_err(|failure| match failure {
            Failure::Message(message) => {
                Failure::Message(format!("line {} ({}): {message}", step.line, step.text))
            }
            other => other,
        })?;
    }
    run.finish(&plan.regions)
}

struct Run<'a> {
    fleet: Fleet<'a>,
    healed: Option<Measured>,
    wrote: Option<Measured>,
    disappointed: Vec<String>,
}

/// How long it takes from a line until the regions are equal.
struct Measured {
    line: usize,
    since: Instant,
    took: Option<Duration>,
}

impl Measured {
    fn from_now(line: usize) -> Self {
        Self { line, since: Instant::now(), took: None }
    }
}

impl Run<'_> {
    fn step(&mut self, step: &Step) -> Result<(), Failure> {
        if let Statement::Expect { region, reading } = &step.statement {
            return self.expect(step, region.as_deref(), reading);
        }
        self.fleet.say(&format!("{:>4}   {}", step.line, step.text))?;
        match &step.statement {
            // Read before: regions by the plan, expectations above.
            Statement::Regions(_) | Statement::Expect { .. } => {}
            Statement::Apply { region, operation } => {
                self.wrote = Some(Measured::from_now(step.line));
                self.fleet.apply(region, operation.clone())?;
            }
            Statement::Sync => {
                let since = Instant::now();
                let groups = self.sync()?;
                let took = since.elapsed();
                let who = if groups == 1 {
                    "all regions that run".into()
                } else {
                    format!("those that reach each other, in {groups} groups,")
                };
                self.fleet.say(&format!("       {who} are equal, after {took:.1?}"))?;
            }
            Statement::Cut(a, b) => {
                self.fleet.cut(a, b)?;
                self.fleet.say("       no byte passes between the two")?;
            }
            Statement::Heal(which) => {
                self.heal(which.as_ref())?;
                self.healed = Some(Measured::from_now(step.line));
            }
            Statement::Kill(region) => {
                let id = self.fleet.kill(region)?;
                self.fleet.say(&format!("       {region}: process {id} is killed"))?;
            }
            Statement::Start(region) => self.fleet.revive(region)?,
            Statement::Pause(duration) => self.fleet.pause(*duration)?,
        }
        Ok(())
    }

    fn heal(&mut self, which: Option<&(String, String)>) -> Result<(), Failure> {
        if let Some((a, b)) = which {
            return self.fleet.heal(a, b);
        }
        let cuts = self.fleet.cuts().clone();
        cuts.iter().try_for_each(|[a, b]| self.fleet.heal(a, b))
    }

    fn sync(&mut self) -> Result<usize, Failure> {
        let groups = convergence::wait(&mut self.fleet)?;
        // Equal within their groups, or without one that is killed, they may still differ as a whole.
        if groups != 1 || !self.fleet.killed().is_empty() {
            return Ok(groups);
        }
        for measured in [&mut self.healed, &mut self.wrote].into_iter().flatten() {
            measured.took.get_or_insert_with(|| measured.since.elapsed());
        }
        Ok(groups)
    }

    /// Compares once regions that reach each other are equal: in one region, or in all that run.
    fn expect(
        &mut self,
        step: &Step,
        region: Option<&str>,
        expected: &Reading,
    ) -> Result<(), Failure> {
        self.sync()?;
        let mut problems = Vec::new();
        let running = self.fleet.running();
        for name in running.iter().filter(|name| region.is_none_or(|region| region == *name)) {
            let readings = self.fleet.values(name)?;
            let read = readings.into_iter().find(|reading| reading.subject == expected.subject);
            let unwritten = || Value::unwritten(expected.subject.kind);
            let value = read.map_or_else(unwritten, |reading| reading.value);
            if value != expected.value {
                problems.push(format!("in {name}, {} = {value}", expected.subject));
            }
        }
        let mark = if problems.is_empty() { '✓' } else { '✗' };
        self.fleet.say(&format!("{:>4} {mark} {}", step.line, step.text))?;
        for problem in problems {
            self.fleet.say(&format!("       {problem}"))?;
            let line = step.line;
            self.disappointed
                .push(format!("line {line}: {problem}; expected was {}", expected.value));
        }
        Ok(())
    }

    /// Whatever the file leaves cut or killed comes together in the end.
    fn finish(mut self, regions: &[String]) -> Result<(), Failure> {
        if !self.fleet.cuts().is_empty() {
            self.fleet.say(" end   what is still cut is healed")?;
            self.heal(None)?;
        }
        for region in self.fleet.killed() {
            self.fleet.say(&format!(" end   {region} is started again"))?;
            self.fleet.revive(&region)?;
        }
        self.sync()?;
        let mut values = Vec::new();
        let mut fingerprints = BTreeSet::new();
        for region in regions {
            fingerprints.insert(self.fleet.status(region)?.fingerprint);
            values.push(self.fleet.values(region)?);
        }
        let bytes = report::bytes(regions, |from, to| self.fleet.sent(from, to));
        self.fleet.say(&format!("\n{}\n\n{bytes}\n", report::values(regions, &values)))?;
        self.say_times()?;
        match fingerprints.first() {
            Some(fingerprint) if fingerprints.len() == 1 => {
                let count = regions.len();
                self.fleet.say(&format!("all {count} regions are equal ({fingerprint:032x})"))?;
            }
            _ => self.disappointed.push("the regions differ at the end".into()),
        }
        if self.disappointed.is_empty() {
            return Ok(());
        }
        Err(Failure::new(self.disappointed.join("\n")))
    }

    fn say_times(&mut self) -> Result<(), Failure> {
        for (measured, what) in [(&self.healed, "heal"), (&self.wrote, "operation")] {
            if let Some(Measured { line, took: Some(took), .. }) = measured {
                let line = format!("equal {took:.1?} after the last {what}, in line {line}");
                self.fleet.say(&line)?;
            }
        }
        Ok(())
    }
}
