//! The process of a node: set up, served, ended in good order.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::config::{Config, ConfigError, is_name};
use crate::engine::{self, Settings, StartError};
use crate::http::{Node, dial, listen};
use crate::store::{Memory, Redb, Store, StoreError};
use crate::{metrics, tls};

/// Why a node does not run, or no longer.
#[derive(Debug)]
pub enum ServeError {
    /// Its configuration cannot be meant.
    Config(ConfigError),
    /// Its store cannot be opened.
    Store(StoreError),
    /// Its store holds what cannot be read.
    Start(StartError),
    /// The address cannot be listened on.
    Listen(std::net::SocketAddr, io::Error),
    /// There is no thread to be had.
    Io(io::Error),
    /// NATS cannot be used.
    #[cfg(feature = "nats")]
    Nats(crate::nats::NatsError),
    /// Its store has failed.
    Failed,
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::Start(error) => error.fmt(f),
            Self::Listen(address, error) => write!(f, "cannot listen on {address}: {error}"),
            Self::Io(error) => error.fmt(f),
            #[cfg(feature = "nats")]
            Self::Nats(error) => error.fmt(f),
            Self::Failed => f.write_str(
                "the store has failed, and the node has ended: mend the disk, and start it",
            ),
        }
    }
}

impl std::error::Error for ServeError {}

/// What the command line says besides the configuration.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Everybody who reaches the address may read and write everything.
    pub is_open: bool,
    /// Where there is no folder for the store, documents are kept in memory only.
    pub is_in_memory: bool,
    /// The run of a supervisor that it is a part of.
    pub run: Option<String>,
    /// The folder of the npm package's `dist`, with which the console edits documents.
    pub console: Option<PathBuf>,
}

/// How long it may take until those who wait have their answers when the node has ended.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// How long a node may take to end in good order once its supervisor is gone.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Runs a node until the process is asked to end; then the store is closed in good order. Where it
/// listens it says on the standard output, in one line: `listening on ADDRESS`.
///
/// A node of a supervised `run` ends when its standard input does, too.
///
/// # Errors
///
/// When it cannot start.
pub fn serve(config: Config, options: &Options) -> Result<(), ServeError> {
    config.check(options.is_open).map_err(ServeError::Config)?;
    if config.data.is_none() && !options.is_in_memory {
        return Err(ServeError::Config(ConfigError::NoData));
    }
    let run = options.run.as_deref();
    if let Some(name) = run.filter(|run| !is_name(run)) {
        let (what, name) = ("run", name.into());
        return Err(ServeError::Config(ConfigError::Name { what, name }));
    }
    let supervised = run.map(|_| supervisor_gone()).transpose().map_err(ServeError::Io)?;
    let runtime = tokio::runtime::Runtime::new().map_err(ServeError::Io)?;
    runtime.block_on(serve_until(config, options, supervised))
}

async fn serve_until(
    config: Config,
    options: &Options,
    supervised: Option<oneshot::Receiver<()>>,
) -> Result<(), ServeError> {
    let cannot_encrypt = |error| ServeError::Config(ConfigError::Tls(error));
    let acceptor = config.tls.as_ref().map(tls::acceptor).transpose().map_err(cannot_encrypt)?;
    let connector = config.dials_over_tls().then(|| tls::connector(config.ca.as_deref()));
    let connector = connector.transpose().map_err(cannot_encrypt)?;
    let store: Arc<dyn Store> = match &config.data {
        Some(folder) => Arc::new(Redb::open(folder).map_err(ServeError::Store)?),
        None => Arc::new(Memory::new()),
    };
    let settings = Settings {
        members: config.members(),
        scopes: Some(config.scopes_held()),
        is_in_memory: config.data.is_none(),
        most_documents: config.limits.documents,
        ..Settings::new(&config.region)
    };
    let (engine, mut ended) =
        engine::start(settings, Arc::clone(&store)).map_err(ServeError::Start)?;
    if config.data.is_none() {
        tracing::warn!("documents are kept in memory only: all is lost when the process ends");
    }
    let bound = async {
        let listener = TcpListener::bind(config.listen).await?;
        listener.local_addr().map(|address| (listener, address))
    };
    let (listener, address) = match bound.await {
        Ok(bound) => bound,
        Err(error) => {
            engine.end().await;
            let _closed = ended.await;
            return Err(ServeError::Listen(config.listen, error));
        }
    };
    let is_encrypted = acceptor.is_some();
    tracing::info!(region = config.region, %address, encrypted = is_encrypted, "serving");
    println!("listening on {address}");
    let config = Config { listen: address, ..config };
    let peers = config.peers.clone();
    let mut node = Node::new(engine, config);
    if let Some(connector) = connector {
        node = node.with_connector(connector);
    }
    if let Some(run) = &options.run {
        node = node.supervised(run);
    }
    if let Some(package) = &options.console {
        node = node.with_console(package.clone());
    }
    let dialing = peers.into_iter().map(|peer| tokio::spawn(dial(node.clone(), peer)));
    let watching = tokio::spawn(metrics::watch(node.engine.clone(), store));
    let tasks: Vec<_> = dialing.chain([watching]).collect();
    let served = listen(listener, acceptor, node.clone());
    let streamed = streamed(node.clone());
    let outcome = tokio::select! {
        () = served => Ok(()),
        failed = streamed => failed,
        _ = &mut ended => Err(ServeError::Failed),
        () = asked_to_end() => Ok(()),
        () = gone(supervised) => Ok(()),
    };
    tasks.iter().for_each(tokio::task::JoinHandle::abort);
    if !matches!(outcome, Err(ServeError::Failed)) {
        node.engine.end().await;
        let _closed = ended.await;
    }
    // What was written is answered, and who answers is waited for.
    node.end_connections(LAST_ANSWERS).await;
    outcome
}

/// Serves the region's NATS server, if it has one, until that is of no use.
#[cfg(feature = "nats")]
async fn streamed(node: Node) -> Result<(), ServeError> {
    match crate::nats::run(node).await {
        Ok(()) => std::future::pending().await,
        Err(error) => Err(ServeError::Nats(error)),
    }
}

#[cfg(not(feature = "nats"))]
async fn streamed(_node: Node) -> Result<(), ServeError> {
    std::future::pending().await
}

/// Tells when the standard input has ended: the supervisor is gone, however it went. Should the node
/// take too long to end then, the process ends at any moment, as if killed, which loses nothing that
/// was answered.
fn supervisor_gone() -> io::Result<oneshot::Receiver<()>> {
    let (gone, is_gone) = oneshot::channel();
    std::thread::Builder::new().name("supervised".into()).spawn(move || {
        let _ended = io::copy(&mut io::stdin().lock(), &mut io::sink());
        let _ended_already = gone.send(());
        std::thread::sleep(LAST_WORDS);
        std::process::exit(1);
    })?;
    Ok(is_gone)
}

async fn gone(supervised: Option<oneshot::Receiver<()>>) {
    match supervised {
        Some(gone) => drop(gone.await),
        None => std::future::pending().await,
    }
}

/// Waits for Ctrl-C, or for what a service manager sends.
async fn asked_to_end() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    let _asked = tokio::signal::ctrl_c().await;
}
