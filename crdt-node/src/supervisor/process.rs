//! One region's process.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Sender};
use std::{env, thread};

use super::client::{Answer, Client, Request, Unanswered};
use super::desk::Asked;

/// What reaches a supervisor.
pub(super) enum Event {
    /// A region listens.
    Listens { region: String, start: u64, address: SocketAddr },
    /// A region was asked.
    Answered { region: String, start: u64, answer: Result<Answer, Unanswered> },
    /// A region's output has ended, and so has the region.
    Gone { region: String, start: u64 },
    /// Somebody asks the supervisor for something.
    Asked(Asked),
    /// Ctrl-C, or a signal that asks to end.
    Interrupted,
}

/// How a region is started.
pub(super) struct Start<'a> {
    pub(super) region: &'a str,
    pub(super) others: Vec<&'a str>,
    /// It meets regions of this run, and no others.
    pub(super) run: &'a str,
    /// Its store.
    pub(super) folder: &'a Path,
    /// What the command line has no room for.
    pub(super) config: &'a Path,
    /// Where it is to listen; 0 where it likes.
    pub(super) port: u16,
    /// Where its console's package is.
    pub(super) console: Option<&'a Path>,
    /// Which start of the region this is.
    pub(super) number: u64,
}

/// A region that was started; it is ended when this is dropped.
pub(super) struct Process {
    child: Child,
    /// The node ends when this does.
    input: Option<ChildStdin>,
    /// What it is asked, once it listens.
    requests: Option<Sender<Request>>,
    region: String,
    /// Which start of its region this is.
    pub(super) start: u64,
    events: Sender<Event>,
}

impl Process {
    pub(super) fn spawn(start: &Start<'_>, events: Sender<Event>) -> io::Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.args(["run", "--region", start.region]);
        command.arg("--listen").arg(format!("127.0.0.1:{}", start.port));
        command.args(["--supervised", start.run]).arg("--data").arg(start.folder);
        command.arg("--config").arg(start.config);
        command.args(start.others.iter().flat_map(|other| ["--peer", other]));
        command.args(
            start
                .console
                .into_iter()
                .flat_map(|folder| [OsStr::new("--console"), folder.as_os_str()]),
        );
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        // Ctrl-C in a terminal reaches the supervisor alone, which then ends its regions.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let (region, number) = (start.region.to_owned(), start.number);
        let process = Self {
            child,
            input: Some(input),
            requests: None,
            region: region.clone(),
            start: number,
            events: events.clone(),
        };
        thread::Builder::new().name(format!("hear {region}")).spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let address = line.strip_prefix("listening on ").map(str::parse);
                let Some(Ok(address)) = address else { continue };
                let (region, start) = (region.clone(), number);
                if events.send(Event::Listens { region, start, address }).is_err() {
                    return;
                }
            }
            let _nobody_waits = events.send(Event::Gone { region, start: number });
        })?;
        Ok(process)
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// It listens: from here on it can be asked.
    pub(super) fn reach(&mut self, client: Client) -> io::Result<()> {
        let (requests, asked) = mpsc::channel::<Request>();
        let (region, start, events) = (self.region.clone(), self.start, self.events.clone());
        thread::Builder::new().name(format!("ask {region}")).spawn(move || {
            for request in asked {
                let (region, answer) = (region.clone(), client.ask(&request));
                if events.send(Event::Answered { region, start, answer }).is_err() {
                    return;
                }
            }
        })?;
        self.requests = Some(requests);
        Ok(())
    }

    /// Has it asked; the answer is an [`Event`].
    pub(super) fn ask(&self, request: Request) -> io::Result<()> {
        let asked = self.requests.as_ref().and_then(|requests| requests.send(request).ok());
        asked.ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Has it end in good order.
    pub(super) fn end_input(&mut self) {
        self.input = None;
    }

    /// Waits until it has ended, and says how.
    pub(super) fn wait(mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }

    /// Ends it as SIGKILL does, and says how it has ended: by this, or before by itself.
    pub(super) fn kill(mut self) -> io::Result<ExitStatus> {
        self.child.kill()?;
        self.child.wait()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ended_before = self.child.kill();
        let _reaped_before = self.child.wait();
    }
}
