//! A NATS server beside each region, as a region has one of its own.
//!
//! All servers are leaf nodes of the first region's. They listen on this machine alone, for whoever knows
//! the run, and keep what they are told in the folder of the run.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};
use std::{env, thread};

use super::Failure;

/// How long servers may take to listen.
const PATIENCE: Duration = Duration::from_secs(20);

/// The pause before a server that has ended is started again.
const PAUSE: Duration = Duration::from_millis(500);

/// How much of what was said a server keeps for each region, in bytes.
const KEEP: u64 = 64 << 20;

/// The servers of all regions; they are ended when this is dropped.
pub(super) struct Servers {
    running: BTreeMap<String, Server>,
    run: String,
}

struct Server {
    port: u16,
    input: Arc<Mutex<Input>>,
    keeping: Option<thread::JoinHandle<()>>,
}

/// A server ends when its input does.
enum Input {
    Open(Option<ChildStdin>),
    Closed,
}

impl Servers {
    /// Starts them, and waits until they listen.
    pub(super) fn start(
        program: &Path,
        regions: &[String],
        folder: &Path,
        run: &str,
    ) -> Result<Self, Failure> {
        let cannot =
            |error: io::Error| Failure::new(format!("cannot start {}: {error}", program.display()));
        let mut servers = Self { running: BTreeMap::new(), run: run.into() };
        // Held until all are known, so that no two are the same.
        let listeners: Vec<_> = regions
            .iter()
            .map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
            .chain([TcpListener::bind((Ipv4Addr::LOCALHOST, 0))])
            .collect::<io::Result<_>>()
            .map_err(cannot)?;
        let ports = listeners.iter().map(|listener| Ok(listener.local_addr()?.port()));
        let ports: Vec<u16> = ports.collect::<io::Result<_>>().map_err(cannot)?;
        let hub = ports.last().copied().unwrap_or_default();
        drop(listeners);
        for (number, (region, port)) in regions.iter().zip(ports).enumerate() {
            let place = folder.join(format!("nats-{region}"));
            fs::create_dir(&place).map_err(cannot)?;
            let leaf = if number == 0 {
                format!(
                    "authorization {{ user: demo, password: \"{run}\" }}, listen: \"127.0.0.1:{hub}\""
                )
            } else {
                format!(
                    "reconnect: 1, remotes: [{{ urls: [\"nats-leaf://demo:{run}@127.0.0.1:{hub}\"] }}]"
                )
            };
            let path = place.display();
            let settings = format!(
                "server_name: {region}\nlisten: \"127.0.0.1:{port}\"\nmax_payload: 2MB\n\
                 authorization {{ user: demo, password: \"{run}\" }}\n\
                 jetstream {{ store_dir: \"{path}/store\", domain: {region}, max_file_store: 1GB }}\n\
                 leafnodes {{ {leaf} }}\nlog_file: \"{path}/log\"\n"
            );
            let file = place.join("server.conf");
            fs::write(&file, settings).map_err(cannot)?;
            let server = Server::start(program, &file, port).map_err(cannot)?;
            servers.running.insert(region.clone(), server);
        }
        let begun = Instant::now();
        for (region, server) in &servers.running {
            while TcpStream::connect((Ipv4Addr::LOCALHOST, server.port)).is_err() {
                if begun.elapsed() > PATIENCE {
                    let log = fs::read_to_string(folder.join(format!("nats-{region}/log")));
                    let log = log.unwrap_or_default();
                    let problem = format!("the NATS server of {region} does not listen: {log}");
                    return Err(Failure::new(problem));
                }
                thread::sleep(Duration::from_millis(20));
            }
        }
        Ok(servers)
    }

    /// Where a region's server is.
    pub(super) fn url(&self, region: &str) -> Option<String> {
        Some(format!("nats://127.0.0.1:{}", self.running.get(region)?.port))
    }

    /// What a region's configuration says of its server.
    pub(super) fn settings(&self, region: &str) -> Option<String> {
        let (url, run) = (self.url(region)?, &self.run);
        Some(format!(
            "[nats]\nurl = \"{url}\"\nuser = \"demo\"\npassword = \"{run}\"\nkeep_bytes = {KEEP}\n"
        ))
    }
}

impl Server {
    fn start(program: &Path, file: &Path, port: u16) -> io::Result<Self> {
        let spawn = guarded(program, file)?;
        let input = Arc::new(Mutex::new(Input::Open(None)));
        let held = Arc::clone(&input);
        let keep = move || keep(spawn, &held);
        let keeping = thread::Builder::new().name(format!("nats at {port}")).spawn(keep)?;
        Ok(Self { port, input, keeping: Some(keeping) })
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        let servers = || self.running.values();
        for server in servers() {
            *server.input.lock().unwrap_or_else(PoisonError::into_inner) = Input::Closed;
        }
        for server in self.running.values_mut() {
            if let Some(keeping) = server.keeping.take() {
                let _ended = keeping.join();
            }
        }
    }
}

/// Starts a server again whenever it ends, until its input is closed.
fn keep(mut spawn: impl FnMut() -> io::Result<Child>, input: &Mutex<Input>) {
    loop {
        let mut child = {
            let mut input = input.lock().unwrap_or_else(PoisonError::into_inner);
            let Input::Open(open) = &mut *input else { return };
            let Ok(mut child) = spawn() else { return };
            *open = child.stdin.take();
            child
        };
        let _ended = child.wait();
        thread::sleep(PAUSE);
    }
}

/// A server that ends when this process does, however that ends.
fn guarded(program: &Path, file: &Path) -> io::Result<impl FnMut() -> io::Result<Child> + use<>> {
    let guard = env::current_exe()?;
    let (program, file) = (program.to_owned(), file.to_owned());
    Ok(move || {
        let mut command = Command::new(&guard);
        command.arg("guard").arg(&program).arg("-c").arg(&file);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // Ctrl-C in a terminal reaches the supervisor alone.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.spawn()
    })
}

/// Runs a program until it ends, or until the standard input does: whoever has started this is gone then.
///
/// # Errors
///
/// When it cannot be run.
pub fn guard(program: &Path, arguments: &[OsString]) -> io::Result<ExitStatus> {
    let mut child = Command::new(program).args(arguments).stdin(Stdio::null()).spawn()?;
    let (gone, is_gone) = mpsc::channel();
    let watch = move || {
        let _ended = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ended_already = gone.send(());
    };
    let watching = thread::Builder::new().name("guard".into()).spawn(watch);
    if let Err(error) = watching {
        child.kill()?;
        child.wait()?;
        return Err(error);
    }
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if is_gone.recv_timeout(Duration::from_millis(50)).is_ok() {
            child.kill()?;
            return child.wait();
        }
    }
}
