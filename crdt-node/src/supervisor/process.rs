//! One region's process.

use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::Sender;
use std::{env, thread};

use crate::control::Request;

/// What reaches a supervisor.
pub(super) enum Event {
    /// A line of a region's output.
    Said { region: String, start: u64, line: String },
    /// A region's output has ended, and so has the region.
    Gone { region: String, start: u64 },
    /// Ctrl-C, or a signal that asks to end.
    Interrupted,
}

/// A region that was started; it is ended when this is dropped.
pub(super) struct Process {
    child: Child,
    /// Until it is told that there is nothing more to ask.
    input: Option<ChildStdin>,
    /// Which start of its region this is.
    pub(super) start: u64,
}

impl Process {
    pub(super) fn spawn(
        run: &str,
        region: &str,
        folder: &Path,
        start: u64,
        events: Sender<Event>,
    ) -> io::Result<Self> {
        let mut command = Command::new(env::current_exe()?);
        command.args(["region", run, region]).arg(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        // Ctrl-C in a terminal reaches the supervisor alone, which then ends its regions.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let process = Self { child, input: Some(input), start };
        let region = region.to_owned();
        thread::Builder::new().name(format!("hear {region}")).spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if events.send(Event::Said { region: region.clone(), start, line }).is_err() {
                    return;
                }
            }
            let _nobody_waits = events.send(Event::Gone { region, start });
        })?;
        Ok(process)
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn ask(&mut self, request: &Request) -> io::Result<()> {
        let Some(input) = &mut self.input else { return Err(io::ErrorKind::BrokenPipe.into()) };
        writeln!(input, "{request}")?;
        input.flush()
    }

    /// Tells it that there is nothing more to ask, so that it ends in good order.
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
