//! All regions: who runs, who is cut off from whom, and what to ask of them.

mod conversation;
mod errands;
mod lives;
mod requests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::mpsc::{self, Receiver, Sender};

use crdt_core::ReplicaId;
use tempfile::TempDir;

use super::Failure;
use super::desk::{Asked, Desk};
use super::nats::Servers;
use super::process::{Event, Process};

pub(super) use requests::pair;

/// What a run has that goes on until it is ended.
pub(super) struct Live {
    /// Where it is asked for things.
    pub(super) desk: Desk,
    /// Where the console's package is.
    pub(super) console: Option<PathBuf>,
    /// The program of a NATS server; without one, regions are connected directly.
    pub(super) nats_server: Option<PathBuf>,
}

/// A line of a file of operations may be as long as the file.
const CONFIG: &str = "[limits]\nrequest_bytes = 33554432\n";

pub(super) struct Fleet<'a> {
    /// Above the folder, so that their processes have ended when it is removed.
    regions: BTreeMap<String, Region>,
    /// Each region's NATS server, unless they are connected directly.
    nats: Option<Servers>,
    folder: TempDir,
    /// Drawn, so that its regions meet none of another run, whatever port that has.
    run: String,
    /// What the configuration of each region says, but for its NATS server.
    config: String,
    console: Option<PathBuf>,
    /// Nothing says what happens next: who dies is started again however often.
    is_live: bool,
    cuts: BTreeSet<[String; 2]>,
    /// What somebody asks for, to be done once there is time.
    asked: VecDeque<Asked>,
    events: Receiver<Event>,
    sender: Sender<Event>,
    output: &'a mut dyn Write,
}

#[derive(Default)]
struct Region {
    process: Option<Process>,
    /// Where the process listens, once it is ready.
    address: Option<SocketAddr>,
    /// Where it has listened first: pages that show it stay good.
    port: u16,
    /// Its output has ended.
    gone: bool,
    /// The file has killed or stopped it, and not started it again.
    ended: bool,
    starts: u64,
    revivals: u32,
    /// How many of its operations were answered as done.
    confirmed: u64,
    /// Bytes sent to each other region by processes that have ended, and by the present one, as
    /// far as they were asked.
    sent_before: BTreeMap<String, u64>,
    sent: BTreeMap<String, u64>,
}

/// A process ended before it had answered.
struct Died;

impl<'a> Fleet<'a> {
    /// Starts every region. From here on Ctrl-C ends the run.
    pub(super) fn start(
        regions: &[String],
        live: Option<Live>,
        output: &'a mut dyn Write,
    ) -> Result<Self, Failure> {
        let (sender, events) = mpsc::channel();
        let interrupted = sender.clone();
        ctrlc::set_handler(move || {
            let _over_already = interrupted.send(Event::Interrupted);
        })
        .map_err(|error| Failure::new(format!("cannot watch for Ctrl-C: {error}")))?;
        let folder = tempfile::Builder::new().prefix("crdt-demo-").tempdir();
        let folder =
            folder.map_err(|error| Failure::new(format!("no place for the stores: {error}")))?;
        let mut fleet = Self {
            regions: regions.iter().map(|name| (name.clone(), Region::default())).collect(),
            nats: None,
            folder,
            run: ReplicaId::random().to_string(),
            config: CONFIG.into(),
            console: None,
            is_live: false,
            cuts: BTreeSet::new(),
            asked: VecDeque::new(),
            events,
            sender,
            output,
        };
        if let Some(Live { desk, console, nats_server }) = live {
            let (address, port) = (desk.address(), desk.address().port());
            fleet.config =
                format!("origins = [\"http://{address}\", \"http://localhost:{port}\"]\n");
            if let Some(program) = nats_server {
                let folder = fleet.folder.path();
                fleet.nats = Some(Servers::start(&program, regions, folder, &fleet.run)?);
            }
            desk.serve(console.clone(), fleet.sender.clone())?;
            (fleet.is_live, fleet.console) = (true, console);
        }
        for region in regions {
            fleet.ensure_running(region)?;
        }
        Ok(fleet)
    }

    pub(super) fn say(&mut self, line: &str) -> Result<(), Failure> {
        writeln!(self.output, "{line}").and_then(|()| self.output.flush()).map_err(Failure::Output)
    }

    /// The regions that the file has not killed or stopped.
    pub(super) fn running(&self) -> Vec<String> {
        let running = self.regions.iter().filter(|(_, region)| !region.ended);
        running.map(|(name, _)| name.clone()).collect()
    }

    pub(super) fn cuts(&self) -> &BTreeSet<[String; 2]> {
        &self.cuts
    }

    /// Those that it has.
    pub(super) fn ended(&self) -> Vec<String> {
        let ended = self.regions.iter().filter(|(_, region)| region.ended);
        ended.map(|(name, _)| name.clone()).collect()
    }

    /// The bytes that `from` has sent to `to`, as far as its processes were asked.
    pub(super) fn sent(&self, from: &str, to: &str) -> u64 {
        let Some(region) = self.regions.get(from) else { return 0 };
        let bytes = |sent: &BTreeMap<String, u64>| sent.get(to).copied().unwrap_or_default();
        bytes(&region.sent_before) + bytes(&region.sent)
    }

    /// How often a region was started.
    pub(super) fn starts(&self, name: &str) -> u64 {
        self.regions.get(name).map_or(0, |region| region.starts)
    }

    /// Where a region's NATS server is, if it has one.
    pub(super) fn nats(&self, region: &str) -> Option<String> {
        self.nats.as_ref()?.url(region)
    }

    /// Writes a region's configuration.
    fn configure(&self, region: &str) -> io::Result<PathBuf> {
        let file = self.folder.path().join(format!("{region}.toml"));
        let nats = self.nats.as_ref().and_then(|servers| servers.settings(region));
        fs::write(&file, format!("{}{}", self.config, nats.unwrap_or_default()))?;
        Ok(file)
    }

    fn region(&mut self, name: &str) -> &mut Region {
        self.regions.entry(name.into()).or_default()
    }
}

impl Region {
    fn forget_process(&mut self) {
        self.process = None;
        self.address = None;
        self.gone = false;
        for (peer, bytes) in std::mem::take(&mut self.sent) {
            *self.sent_before.entry(peer).or_default() += bytes;
        }
    }
}
