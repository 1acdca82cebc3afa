//! A demo that runs, and what came of it.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::{self, JoinHandle};

/// The process, which does not outlast a test that fails.
struct Supervisor(Child);

impl Drop for Supervisor {
    fn drop(&mut self) {
        let _ended_before = self.0.kill();
        let _reaped_before = self.0.wait();
    }
}

pub(crate) struct Demo {
    child: Supervisor,
    output: BufReader<ChildStdout>,
    errors: JoinHandle<String>,
    /// Where it makes its folder.
    folder: tempfile::TempDir,
    said: String,
}

pub(crate) struct Ended {
    /// `None` when a signal has ended it.
    pub(crate) code: Option<i32>,
    pub(crate) output: String,
    pub(crate) errors: String,
    pub(crate) processes: Vec<u32>,
    pub(crate) replicas: BTreeSet<String>,
    /// How many entries are left where it made its folder.
    pub(crate) left_behind: usize,
}

impl Demo {
    pub(crate) fn start(files: &[&PathBuf]) -> Self {
        let files = files.iter().map(|file| file.as_os_str().to_owned());
        Self::start_with(std::iter::once("demo".into()).chain(files))
    }

    pub(crate) fn start_with(arguments: impl Iterator<Item = OsString>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = Command::new(env!("CARGO_BIN_EXE_crdt-node"))
            .args(arguments)
            .env("TMPDIR", folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        let output = BufReader::new(child.stdout.take().expect("piped"));
        let mut errors = child.stderr.take().expect("piped");
        let errors = thread::spawn(move || {
            let mut text = String::new();
            errors.read_to_string(&mut text).expect("reads");
            text
        });
        Self { child: Supervisor(child), output, errors, folder, said: String::new() }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.0.id()
    }

    /// Reads on until a line contains `text`.
    pub(crate) fn wait_for(&mut self, text: &str) {
        loop {
            let mut line = String::new();
            let read = self.output.read_line(&mut line).expect("reads");
            assert!(read > 0, "it ended before it said {text}:\n{}", self.said);
            self.said.push_str(&line);
            if line.contains(text) {
                return;
            }
        }
    }

    /// What it has said so far, after `start` in a line.
    pub(crate) fn said_after(&self, start: &str) -> &str {
        let line = self.said.lines().rev().find_map(|line| line.strip_prefix(start));
        line.unwrap_or_else(|| panic!("it has not said {start}:\n{}", self.said))
    }

    /// The process that runs `region` at present.
    pub(crate) fn process_of(&self, region: &str) -> u32 {
        let start = format!("{region} runs: process ");
        let line = self.said.lines().rfind(|line| line.starts_with(&start));
        process_in(line.expect("it was started")).expect("it is named")
    }

    /// Reads on to the end.
    pub(crate) fn end(mut self) -> Ended {
        self.output.read_to_string(&mut self.said).expect("reads");
        let status = self.child.0.wait().expect("ends");
        let errors = self.errors.join().expect("reads");
        let starts = || self.said.lines().filter(|line| line.contains(" runs: process "));
        let replica = |line: &str| line.rsplit(' ').next().map(Into::into);
        Ended {
            code: status.code(),
            errors,
            processes: starts().filter_map(process_in).collect(),
            replicas: starts().filter_map(replica).collect(),
            left_behind: std::fs::read_dir(self.folder.path()).expect("reads").count(),
            output: self.said,
        }
    }
}

impl Ended {
    /// The row of a table that starts with `start`.
    pub(crate) fn row(&self, start: &str) -> &str {
        let row = self.output.lines().rfind(|line| line.trim_start().starts_with(start));
        row.unwrap_or_else(|| panic!("no row {start}:\n{}", self.output))
    }
}

/// A line that holds the run until the test reads on: longer than a pipe takes.
pub(crate) fn hold() -> String {
    format!("sync # {}\n", "wait ".repeat(1 << 16))
}

fn process_in(line: &str) -> Option<u32> {
    let (_, after) = line.split_once(" runs: process ")?;
    after.split(',').next()?.parse().ok()
}

pub(crate) fn signal(name: &str, process: u32) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(process.to_string()).status();
    assert!(sent.expect("kill runs").success());
}

/// Whether a process of that id is there.
pub(crate) fn exists(process: u32) -> bool {
    let mut asked = Command::new("kill");
    asked.arg("-0").arg(process.to_string()).stderr(Stdio::null());
    asked.status().expect("kill runs").success()
}
