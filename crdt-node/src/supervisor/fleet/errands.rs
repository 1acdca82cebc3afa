//! What somebody asks the supervisor for while the regions run.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::requests::pair;
use super::{Failure, Fleet};
use crate::supervisor::desk::{Asked, Errand};
use crate::supervisor::process::Process;

/// Nothing depends on how long this is.
const LONG: Duration = Duration::from_secs(60);

impl Fleet<'_> {
    /// Does what is asked for, and starts again who dies, until the run is interrupted.
    pub(in crate::supervisor) fn serve(&mut self) -> Result<(), Failure> {
        loop {
            for region in self.running() {
                self.ensure_running(&region)?;
            }
            while let Some(Asked { errand, answer }) = self.asked.pop_front() {
                let done = self.run_errand(&errand)?;
                let _gone = answer.send(done);
            }
            self.hear(Instant::now() + LONG)?;
        }
    }

    /// The error says what is wrong with what was asked for.
    fn run_errand(&mut self, errand: &Errand) -> Result<Result<Value, String>, Failure> {
        let names = match errand {
            Errand::State => vec![],
            Errand::Stop(region) | Errand::Start(region) => vec![region],
            Errand::Cut(one, other) | Errand::Heal(one, other) => vec![one, other],
        };
        if let Some(unknown) = names.iter().find(|name| !self.regions.contains_key(**name)) {
            return Ok(Err(format!("there is no region {unknown}")));
        }
        if let [one, other] = names.as_slice()
            && one == other
        {
            return Ok(Err(format!("{one} has no link to itself")));
        }
        match errand {
            Errand::State => return Ok(Ok(self.state()?)),
            Errand::Stop(region) if self.region(region).ended => {}
            Errand::Stop(region) => {
                let id = self.kill(region)?;
                self.say(&format!("{region} (process {id}) is killed"))?;
            }
            Errand::Start(region) => self.revive(region)?,
            Errand::Cut(one, other) if self.cuts.contains(&pair(one, other)) => {}
            Errand::Cut(one, other) => {
                self.cut(one, other)?;
                self.say(&format!("{one} and {other} are cut"))?;
            }
            Errand::Heal(one, other) if !self.cuts.contains(&pair(one, other)) => {}
            Errand::Heal(one, other) => {
                self.heal(one, other)?;
                self.say(&format!("{one} and {other} are healed"))?;
            }
        }
        Ok(Ok(json!({})))
    }

    fn state(&mut self) -> Result<Value, Failure> {
        let names: Vec<String> = self.regions.keys().cloned().collect();
        let mut regions = Vec::new();
        for name in names {
            if self.region(&name).ended {
                regions.push(json!({"region": name, "runs": false}));
                continue;
            }
            let status = self.status(&name)?;
            let region = self.region(&name);
            regions.push(json!({
                "region": name,
                "runs": true,
                "address": region.address.map(|address| address.to_string()),
                "process": region.process.as_ref().map(Process::id),
                "fingerprint": format!("{:032x}", status.fingerprint),
                "regions": status.told,
            }));
        }
        Ok(json!({"scope": "global", "document": "demo", "regions": regions, "cuts": self.cuts}))
    }
}
