//! A run, from the first line of the file to the tables at the end.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::time::{Duration, Instant};

use super::client::{Behind, Standing};
use super::fleet::Fleet;
use super::followed::Followed;
use super::{Failure, convergence, report};
use crate::operations::{Plan, Reading, Statement, Step, Value};

/// How long what is only to be told may take at the end: tokens that are covered, lags that are gone.
const PATIENCE: Duration = Duration::from_secs(5);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(2);

/// Runs `plan` over one process per region and tells on `output` what happens. Succeeds when all
/// regions are equal at the end and everything was as expected.
///
/// # Errors
///
/// When they are not, when a region refuses an operation, or when processes cannot be run. All
/// regions have been ended then too.
pub fn run(plan: &Plan, output: &mut dyn Write) -> Result<(), Failure> {
    let mut fleet = Fleet::start(&plan.regions, None, output)?;
    convergence::meet(&mut fleet)?;
    let is_write = |step: &&Step| matches!(step.statement, Statement::Apply { .. });
    let last_write = plan.steps.iter().rfind(is_write).map(|step| step.line);
    let (healed, wrote, followed, disappointed) = (None, None, None, Vec::new());
    let mut run = Run { fleet, healed, wrote, last_write, followed, disappointed };
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
    /// The line of the write whose token is followed.
    last_write: Option<usize>,
    followed: Option<Followed>,
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
                let token = self.fleet.apply(region, operation.clone())?;
                if self.last_write == Some(step.line) {
                    self.followed = Some(Followed::new(step, region, token));
                    self.follow()?;
                }
            }
            Statement::Sync => {
                let since = Instant::now();
                let groups = self.sync()?;
                let took = since.elapsed();
                // One that was started may be equal before it has met anybody.
                convergence::meet(&mut self.fleet)?;
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
            Statement::Stop(region) => {
                let id = self.fleet.stop(region)?;
                self.fleet
                    .say(&format!("       {region}: process {id} has ended in good order"))?;
            }
            Statement::Start(region) => self.fleet.revive(region)?,
            Statement::Pause(duration) => self.fleet.pause(*duration)?,
        }
        Ok(())
    }

    fn heal(&mut self, which: Option<&(String, String)>) -> Result<(), Failure> {
        let lags = self.lags()?;
        let cuts = match which {
            Some((a, b)) => BTreeSet::from([[a.clone(), b.clone()]]),
            None => self.fleet.cuts().clone(),
        };
        for [a, b] in cuts {
            for (ahead, behind) in [(&a, &b), (&b, &a)] {
                let lag = lags.get(&(ahead.clone(), behind.clone())).copied().flatten();
                if let Some(lag) = lag.filter(|lag| lag.changes > 0) {
                    let lag = report::lag(lag);
                    self.fleet.say(&format!("       {behind} is behind {ahead} by {lag}"))?;
                }
            }
            self.fleet.heal(&a, &b)?;
        }
        Ok(())
    }

    /// Whether a region that runs has yet to cover the token that is followed.
    fn follow(&mut self) -> Result<bool, Failure> {
        let Some(followed) = &mut self.followed else { return Ok(false) };
        followed.look(&self.fleet)
    }

    fn sync(&mut self) -> Result<usize, Failure> {
        let groups = convergence::wait(&mut self.fleet)?;
        self.follow()?;
        // Equal within their groups, or without one that does not run, they may still differ as a whole.
        if groups != 1 || !self.fleet.ended().is_empty() {
            return Ok(groups);
        }
        for measured in [&mut self.healed, &mut self.wrote].into_iter().flatten() {
            measured.took.get_or_insert_with(|| measured.since.elapsed());
        }
        Ok(groups)
    }

    /// How far behind each region is, as those say that run: by who is ahead and who is behind.
    fn lags(&mut self) -> Result<BTreeMap<(String, String), Option<Behind>>, Failure> {
        let mut lags = BTreeMap::new();
        for from in self.fleet.running() {
            for (to, Standing { behind, .. }) in self.fleet.status(&from)?.peers {
                lags.insert((from.clone(), to), behind);
            }
        }
        Ok(lags)
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

    /// Whatever the file leaves cut, killed or stopped comes together in the end.
    fn finish(mut self, regions: &[String]) -> Result<(), Failure> {
        if !self.fleet.cuts().is_empty() {
            self.fleet.say(" end   what is still cut is healed")?;
            self.heal(None)?;
        }
        for region in self.fleet.ended() {
            self.fleet.say(&format!(" end   {region} is started again"))?;
            self.fleet.revive(&region)?;
        }
        self.sync()?;
        let lags = self.calm()?;
        let mut values = Vec::new();
        let mut fingerprints = BTreeSet::new();
        for region in regions {
            fingerprints.insert(self.fleet.status(region)?.fingerprint);
            values.push(self.fleet.values(region)?);
        }
        let bytes = report::bytes(regions, |from, to| self.fleet.sent(from, to));
        let lag = |from: &str, to: &str| lags.get(&(from.into(), to.into())).copied().flatten();
        let (values, lags) = (report::values(regions, &values), report::lags(regions, lag));
        self.fleet.say(&format!("\n{values}\n\n{bytes}\n\n{lags}\n"))?;
        self.say_covered(regions)?;
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

    /// Waits until the token that is followed is covered and nobody is behind, but not for ever.
    fn calm(&mut self) -> Result<BTreeMap<(String, String), Option<Behind>>, Failure> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let is_awaited = self.follow()?;
            let lags = self.lags()?;
            let is_behind =
                lags.values().any(|behind| behind.is_none_or(|behind| behind.changes > 0));
            if !is_awaited && !is_behind || Instant::now() > deadline {
                return Ok(lags);
            }
            self.fleet.pause(PAUSE)?;
        }
    }

    fn say_covered(&mut self, regions: &[String]) -> Result<(), Failure> {
        let Some(followed) = &self.followed else { return Ok(()) };
        let table = report::covered(regions, |region| followed.covered(region));
        let Followed { line, text, token, .. } = followed;
        let write = format!("the last write, in line {line} ({text}), has the token {token}");
        self.fleet.say(&format!("{write}\n\n{table}\n"))
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
