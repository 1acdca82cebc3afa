//! A node as a process, run as a supervisor runs it.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

pub(crate) const CART: &str = "/v1/documents/global/cart";

/// How long anything may take.
const LONG: Duration = Duration::from_secs(60);

pub(crate) struct Region {
    name: String,
    child: Child,
    errors: Option<JoinHandle<String>>,
    pub(crate) address: String,
}

impl Region {
    pub(crate) fn start(name: &str, peer: &str, folder: &Path, run: Option<&str>) -> Self {
        Self::try_start(name, peer, folder, run).unwrap_or_else(|said| panic!("{said}"))
    }

    /// What it has said, if it does not start.
    pub(crate) fn try_start(
        name: &str,
        peer: &str,
        folder: &Path,
        run: Option<&str>,
    ) -> Result<Self, String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crdt-node"));
        command.args(["run", "--region", name, "--peer", peer, "--listen", "127.0.0.1:0"]);
        command.arg("--data").arg(folder);
        command.args(run.into_iter().flat_map(|run| ["--supervised", run]));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("starts");
        let mut errors = child.stderr.take().expect("piped");
        let errors = thread::spawn(move || {
            let mut text = String::new();
            errors.read_to_string(&mut text).expect("reads");
            text
        });
        let mut line = String::new();
        let output = child.stdout.take().expect("piped");
        BufReader::new(output).read_line(&mut line).expect("reads");
        let Some(address) = line.trim_end().strip_prefix("listening on ") else {
            let _status = child.wait();
            return Err(errors.join().expect("reads"));
        };
        Ok(Self { name: name.into(), child, errors: Some(errors), address: address.into() })
    }

    fn agent() -> ureq::Agent {
        ureq::Agent::config_builder().http_status_as_error(false).build().into()
    }

    pub(crate) fn get(&self, path: &str) -> Value {
        let url = format!("http://{}{path}", self.address);
        let mut answer = Self::agent().get(url).call().expect("answers");
        serde_json::from_slice(&answer.body_mut().read_to_vec().expect("reads")).expect("is JSON")
    }

    pub(crate) fn put(&self, path: &str, origin: Option<&str>, body: &Value) -> (u16, Value) {
        let put = Self::agent().put(format!("http://{}{path}", self.address));
        let put = put.header("content-type", "application/json");
        let put = if let Some(origin) = origin { put.header("origin", origin) } else { put };
        let mut answer = put.send(body.to_string()).expect("answers");
        let body = answer.body_mut().read_to_vec().expect("reads");
        (answer.status().as_u16(), serde_json::from_slice(&body).expect("is JSON"))
    }

    pub(crate) fn write(&self, operations: &Value) {
        let post = Self::agent().post(format!("http://{}{CART}", self.address));
        let post = post.header("content-type", "application/json");
        let mut answer = post.send(json!({"operations": operations}).to_string()).expect("answers");
        let told = answer.body_mut().read_to_string().expect("reads");
        assert!(told.contains(r#""here":true"#), "{told}");
    }

    pub(crate) fn values(&self) -> Value {
        self.get(CART)["values"].clone()
    }

    /// The id under which it writes, and the fingerprint of what it holds.
    pub(crate) fn seen(&self) -> (String, String) {
        let seen = self.get("/supervised/documents/global/cart");
        let text = |what: &str| seen[what].as_str().unwrap_or_default().to_owned();
        (text("replica"), text("fingerprint"))
    }

    /// Has it dial another of its run.
    pub(crate) fn dial(&self, other: &Self, run: &str) {
        let link = json!({"url": format!("ws://{}/{run}", other.address), "cut": false});
        let told = self.put(&format!("/supervised/links/{}", other.name), None, &link);
        assert_eq!(told.0, 200, "{}", told.1);
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().expect("runs");
        self.child.wait().expect("ends");
    }

    /// Has it end in good order; returns what it has said.
    pub(crate) fn end(mut self) -> String {
        drop(self.child.stdin.take());
        assert!(self.child.wait().expect("ends").success());
        self.errors.take().expect("once").join().expect("reads")
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        let _ended_before = self.child.kill();
        let _reaped_before = self.child.wait();
    }
}

pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < LONG, "not within a minute: {what}");
        thread::yield_now();
    }
}
