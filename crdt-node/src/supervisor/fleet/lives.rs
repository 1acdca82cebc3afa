//! How regions start, die, and are started again.

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use super::conversation::{Heard, unexpected};
use super::{Died, Failure, Fleet};
use crate::supervisor::client::{Answer, Client, PATIENCE, Request};
use crate::supervisor::process::{Process, Start};

/// How often a region is started again after deaths that the file does not ask for.
const MOST_REVIVALS: u32 = 10;

impl Fleet<'_> {
    /// Kills a region because the file says so; returns the id of its process.
    pub(in crate::supervisor) fn kill(&mut self, region: &str) -> Result<u32, Failure> {
        // What it has sent is not known afterwards.
        self.status(region)?;
        let killed = self.region(region);
        killed.ended = true;
        let process = killed.process.take().map(|process| (process.id(), process.kill()));
        killed.forget_process();
        match process {
            Some((id, Ok(_))) => Ok(id),
            Some((_, Err(error))) => Err(Failure::new(format!("cannot kill {region}: {error}"))),
            None => Err(Failure::new(format!("{region} does not run"))),
        }
    }

    /// Has a region end in good order because the file says so; returns the id of its process.
    pub(in crate::supervisor) fn stop(&mut self, name: &str) -> Result<u32, Failure> {
        // What it has sent is not known afterwards.
        self.status(name)?;
        let region = self.region(name);
        let Some(process) = region.process.as_mut() else {
            return Err(Failure::new(format!("{name} does not run")));
        };
        process.end_input();
        let deadline = Instant::now() + PATIENCE;
        while !self.region(name).gone {
            if matches!(self.hear(deadline)?, Heard::Nothing) {
                let seconds = PATIENCE.as_secs();
                return Err(Failure::new(format!("{name} has not ended within {seconds} seconds")));
            }
        }
        let region = self.region(name);
        region.ended = true;
        let process = region.process.take().map(|process| (process.id(), process.wait()));
        region.forget_process();
        match process {
            Some((id, Ok(status))) if status.success() => Ok(id),
            Some((_, Ok(status))) => {
                Err(Failure::new(format!("{name} stopped, {status}; it said why, above")))
            }
            Some((_, Err(error))) => Err(Failure::new(format!("cannot end {name}: {error}"))),
            None => Err(Failure::new(format!("{name} does not run"))),
        }
    }

    /// Starts a region that was killed or stopped.
    pub(in crate::supervisor) fn revive(&mut self, region: &str) -> Result<(), Failure> {
        self.region(region).ended = false;
        self.ensure_running(region)
    }

    /// Lets time pass; who dies meanwhile is started again, and who was seen to have died before.
    pub(in crate::supervisor) fn pause(&mut self, duration: Duration) -> Result<(), Failure> {
        let end = Instant::now() + duration;
        loop {
            for region in self.running() {
                self.ensure_running(&region)?;
            }
            if matches!(self.hear(end)?, Heard::Nothing) {
                return Ok(());
            }
        }
    }

    /// Starts a region that does not run, as often as it takes.
    pub(super) fn ensure_running(&mut self, name: &str) -> Result<(), Failure> {
        loop {
            let region = self.region(name);
            if region.process.is_some() && !region.gone {
                return Ok(());
            }
            if let Some(process) = region.process.take() {
                let id = process.id();
                let ended = process.kill();
                let has_served = region.address.is_some();
                region.forget_process();
                // Somebody may have taken its port meanwhile.
                if !has_served && std::mem::take(&mut region.port) != 0 {
                    continue;
                }
                region.revivals += 1;
                let revivals = region.revivals;
                let how = if self.is_live {
                    still(name, id, ended)?
                } else {
                    describe(name, id, ended, revivals)?
                };
                self.say(&how)?;
            }
            if self.launch(name)?.is_ok() {
                return Ok(());
            }
        }
    }

    /// Starts a process, waits until it is ready, and tells everyone where everyone is.
    fn launch(&mut self, name: &str) -> Result<Result<(), Died>, Failure> {
        let cannot = |error: io::Error| Failure::new(format!("cannot start {name}: {error}"));
        self.region(name).starts += 1;
        let config = self.configure(name).map_err(cannot)?;
        let start = Start {
            region: name,
            others: self
                .regions
                .keys()
                .map(String::as_str)
                .filter(|other| *other != name)
                .collect(),
            run: &self.run,
            folder: &self.folder.path().join(name),
            config: &config,
            port: free(self.regions.get(name).map_or(0, |region| region.port)),
            console: self.console.as_deref(),
            number: self.starts(name),
        };
        let process = Process::spawn(&start, self.sender.clone()).map_err(cannot)?;
        let id = process.id();
        self.region(name).process = Some(process);
        let address = match self.address(name)? {
            Err(died) => return Ok(Err(died)),
            Ok(address) => address,
        };
        if let Some(process) = &mut self.region(name).process {
            process.reach(Client::new(name, address)).map_err(cannot)?;
        }
        let mut answers = Vec::new();
        for request in [Request::Make, Request::Values, Request::Status] {
            match self.ask_once(name, &request)? {
                Err(died) => return Ok(Err(died)),
                Ok(answer) => answers.push(answer),
            }
        }
        let [_, Answer::Values(values), Answer::Status(status)] = answers.as_slice() else {
            return Err(unexpected(name, &Answer::Done));
        };
        let (applied, confirmed) = (values.applied, self.region(name).confirmed);
        if applied < confirmed {
            return Err(Failure::new(format!(
                "{name} came back with {applied} of its operations, but had confirmed {confirmed}"
            )));
        }
        let region = self.region(name);
        (region.address, region.port) = (Some(address), address.port());
        self.say(&format!("{name} runs: process {id}, replica {}", status.replica))?;
        self.introduce(name)
    }

    /// Tells a region of all others, and them of it: where it is dialed, and whether it is cut off.
    fn introduce(&mut self, name: &str) -> Result<Result<(), Died>, Failure> {
        let others = self
            .regions
            .iter()
            .filter(|(other, region)| *other != name && region.address.is_some());
        let others: Vec<_> = others.map(|(other, _)| other.clone()).collect();
        // A cut is told also of one that does not run: it may be there before it is told of anew.
        let cut_off = self.cuts.iter().filter(|cut| cut.iter().any(|end| end == name)).flatten();
        let cut_off = cut_off.filter(|end| *end != name).cloned();
        for peer in cut_off.chain(others.clone()).collect::<BTreeSet<_>>() {
            let link = self.link(name, &peer);
            if let Err(died) = self.ask_once(name, &link)? {
                return Ok(Err(died));
            }
        }
        for other in others {
            // Who dies over this is told when it is started again.
            let link = self.link(&other, name);
            let _died = self.ask_once(&other, &link)?;
        }
        Ok(Ok(()))
    }
}

/// This port if nobody listens there, or any.
fn free(port: u16) -> u16 {
    if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() { port } else { 0 }
}

/// Says how a region ended that somebody has ended by hand.
fn still(name: &str, id: u32, ended: io::Result<ExitStatus>) -> Result<String, Failure> {
    match ended {
        Ok(status) if status.code().is_some_and(|code| code != 0) => {
            let problem = format!("{name} (process {id}) stopped, {status}; it said why, above");
            Err(Failure::new(problem))
        }
        Ok(status) => Ok(format!("{name} (process {id}) has ended, {status}: starting it again")),
        Err(error) => Ok(format!("{name} (process {id}) has ended, {error}: starting it again")),
    }
}

/// Says how a region ended that the file has not killed. One that ended by itself had a reason,
/// and would have it again.
fn describe(
    name: &str,
    id: u32,
    ended: io::Result<ExitStatus>,
    revivals: u32,
) -> Result<String, Failure> {
    let how = match ended {
        Ok(status) if status.code().is_some() && cfg!(unix) => {
            let problem = format!("{name} (process {id}) stopped, {status}; it said why, above");
            return Err(Failure::new(problem));
        }
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    };
    if revivals > MOST_REVIVALS {
        return Err(Failure::new(format!("{name} died {revivals} times ({how}): giving up")));
    }
    Ok(format!("{name} (process {id}) died, {how}, which the file does not say: starting it again"))
}
