//! A real NATS server, and a cable between two.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crdt_node::config::Nats;
use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// A server with its own store, until it is dropped.
pub(crate) struct Server {
    folder: TempDir,
    domain: &'static str,
    hub: Option<u16>,
    child: Child,
    /// Where clients and leaf nodes connect; the same after a restart.
    ports: (u16, u16),
}

impl Server {
    /// A server in this domain, joined to the hub at this port; none if it is not installed.
    pub(crate) fn start(domain: &'static str, hub: Option<u16>) -> Option<Self> {
        if Command::new("nats-server").arg("--version").output().is_err() {
            eprintln!("skipped: there is no nats-server");
            return None;
        }
        let folder = TempDir::new().expect("a folder");
        // The system chooses the ports.
        let child = spawn(folder.path(), domain, hub, (-1, -1));
        let ports = ports(folder.path());
        Some(Self { folder, domain, hub, child, ports })
    }

    pub(crate) fn leaf_port(&self) -> u16 {
        self.ports.1
    }

    pub(crate) fn nats(&self) -> Nats {
        let url = format!("nats://127.0.0.1:{}", self.ports.0);
        Nats { keep_bytes: 64 << 20, ..Nats::at(url) }
    }

    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("runs");
        self.child.wait().expect("ends");
    }

    pub(crate) fn restart(&mut self) {
        let ports = (i32::from(self.ports.0), i32::from(self.ports.1));
        self.child = spawn(self.folder.path(), self.domain, self.hub, ports);
    }

    /// Restarts it as a server of another domain.
    pub(crate) fn restart_in(&mut self, domain: &'static str) {
        let ports = (i32::from(self.ports.0), i32::from(self.ports.1));
        self.child = spawn(self.folder.path(), domain, self.hub, ports);
    }

    /// How many messages a stream of this domain has.
    pub(crate) async fn messages(&self, stream: &str) -> u64 {
        let client = async_nats::connect(self.nats().url).await.expect("connects");
        let context = async_nats::jetstream::with_domain(client, self.domain);
        let stream = context.get_stream(stream).await.expect("is there");
        stream.cached_info().state.messages
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _reaped_already = self.child.wait();
    }
}

fn spawn(folder: &Path, domain: &str, hub: Option<u16>, (port, leaf): (i32, i32)) -> Child {
    let path = folder.display();
    let leafnodes = match hub {
        None => format!("leafnodes {{ listen: \"127.0.0.1:{leaf}\" }}"),
        Some(hub) => format!(
            "leafnodes {{ reconnect: 1, remotes: [{{ urls: [\"nats-leaf://127.0.0.1:{hub}\"] }}] }}"
        ),
    };
    let config = format!(
        "server_name: {domain}\nlisten: \"127.0.0.1:{port}\"\nmax_payload: 2MB\n\
         jetstream {{ store_dir: \"{path}/store\", domain: {domain}, max_file_store: 1GB }}\n\
         {leafnodes}\n"
    );
    let file = folder.join("server.conf");
    fs::write(&file, config).expect("writes");
    let mut command = Command::new("nats-server");
    command.arg("-c").arg(file).arg("-l").arg(folder.join("server.log"));
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("starts")
}

/// The ports that a server says it has chosen: where there is no leaf node's, 0.
fn ports(folder: &Path) -> (u16, u16) {
    let begun = Instant::now();
    let said = loop {
        let said = fs::read_to_string(folder.join("server.log")).unwrap_or_default();
        if said.contains("Server is ready") {
            break said;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "it is not ready: {said}");
        std::thread::sleep(Duration::from_millis(10));
    };
    let port = |of: &str| {
        let line = said.lines().find(|line| line.contains(of)).unwrap_or_default();
        line.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or_default()
    };
    (port("for client connections"), port("for leafnode connections"))
}

/// A cable that can be cut.
pub(crate) struct Cable {
    port: u16,
    is_cut: Arc<AtomicBool>,
    cut: Arc<Notify>,
    carrying: JoinHandle<()>,
}

impl Cable {
    pub(crate) async fn to(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let own = listener.local_addr().expect("has one").port();
        let (is_cut, cut) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
        let (is_cut_now, cut_now) = (Arc::clone(&is_cut), Arc::clone(&cut));
        let carrying = tokio::spawn(async move {
            while let Ok((mut one, _)) = listener.accept().await {
                if is_cut_now.load(Ordering::SeqCst) {
                    continue;
                }
                let cut = Arc::clone(&cut_now);
                tokio::spawn(async move {
                    let cut = cut.notified();
                    let Ok(mut other) = TcpStream::connect(("127.0.0.1", port)).await else {
                        return;
                    };
                    tokio::select! {
                        _ = copy_bidirectional(&mut one, &mut other) => {}
                        () = cut => {}
                    }
                });
            }
        });
        Self { port: own, is_cut, cut, carrying }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        self.cut.notify_waiters();
    }

    pub(crate) fn mend(&self) {
        self.is_cut.store(false, Ordering::SeqCst);
    }
}

impl Drop for Cable {
    fn drop(&mut self) {
        self.carrying.abort();
    }
}
