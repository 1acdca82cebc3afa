//! The command line.

use std::convert::Infallible;
use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use crdt_node::config::{Config, ConfigError, Nats, Peer, Tls, hash_of};
use crdt_node::operations::{Plan, PlanError};
use crdt_node::serve::{Options, ServeError, serve};
use crdt_node::store::{self, Address};
use crdt_node::supervisor::{self, Failure, Load};

/// A region of an active-active system, and a demonstration of three.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run one region: documents over HTTP, synchronized with other regions and with clients.
    Run(Run),
    /// Run three regions until Ctrl-C, with a console; or over a file of operations, and compare them.
    ///
    /// Exit status: 0 when the regions converged and every expectation held, 1 when not, 2 when
    /// nothing was started because the command or the file is wrong, 130 when interrupted.
    Demo {
        /// See docs/DEMO.md; without one, the regions run until Ctrl-C.
        #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
        file: Option<String>,
        /// Run the examples of crdt-node/operations/default.ops, and end.
        #[arg(long, conflicts_with = "file")]
        once: bool,
        /// The folder of the npm package's `dist`, with which the console edits documents.
        #[arg(long, value_name = "FOLDER", conflicts_with_all = ["file", "once"])]
        console: Option<PathBuf>,
        /// The program of a NATS server: each region has one then, and all between them goes over NATS.
        #[cfg(feature = "nats")]
        #[arg(long, value_name = "PROGRAM", conflicts_with_all = ["file", "once"])]
        nats_server: Option<PathBuf>,
    },
    /// Run a program until it ends, or until the standard input does.
    #[command(hide = true)]
    Guard {
        program: PathBuf,
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Take a document out of a store, so that no byte of it is left there.
    ///
    /// No process may have the store open. Do so in all regions that hold the document before one of them
    /// is started: another would bring it back. See docs/OPERATIONS.md.
    Erase {
        /// The folder of the store.
        #[arg(long)]
        data: PathBuf,
        /// The scope and the document: global/cart.
        #[arg(value_name = "SCOPE/DOCUMENT", value_parser = address)]
        document: Address,
    },
    /// Run a mixed load on three regions of this machine, of which one is killed every few seconds.
    ///
    /// Exit status: 0 when nothing is lost that was answered as durable, 1 when something is.
    Load(LoadOptions),
    /// Print what a configuration says of a token, which is read from standard input.
    HashToken,
}

#[derive(clap::Args)]
struct Run {
    /// The name of the region.
    #[arg(long, required_unless_present = "config")]
    region: Option<String>,
    /// The folder of the store.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Keep documents in memory only: all is lost when the process ends.
    #[arg(long, conflicts_with = "data")]
    in_memory: bool,
    /// Where to listen.
    #[arg(long, required_unless_present = "config")]
    listen: Option<SocketAddr>,
    /// A PEM file: the certificate that is shown to those who connect. Then connections are encrypted.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// A PEM file: the private key of the certificate.
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// Another region and where it listens: us-east=wss://us-east.example:8080.
    #[arg(long, value_name = "REGION=URL", value_parser = |text: &str| Ok::<_, Infallible>(peer(text)))]
    peer: Vec<Peer>,
    /// The region's NATS server, over which regions without an address are reached, and changes
    /// are said once for all.
    #[arg(long, value_name = "URL")]
    nats: Option<String>,
    /// What else there is to say: scopes, tokens, limits.
    #[arg(long)]
    config: Option<PathBuf>,
    /// Let everybody who reaches the address read and write everything.
    #[arg(long)]
    without_authentication: bool,
    /// For a supervisor, which names its run: the node ends when its standard input does, is told over
    /// HTTP where the other regions are and which links are cut, and meets regions of this run only.
    #[arg(long, value_name = "RUN", hide = true)]
    supervised: Option<String>,
    /// The folder of the npm package's `dist`, with which the console edits documents.
    #[arg(long, value_name = "FOLDER")]
    console: Option<PathBuf>,
}

#[derive(clap::Args)]
struct LoadOptions {
    /// For how long.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// How many operations at most.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    operations: u64,
    /// How many callers each region has, each with one request at a time.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=64))]
    callers: u32,
    /// How many seconds pass from one kill to the next.
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=600))]
    kill_every: u64,
    /// What is drawn is drawn from this.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn peer(text: &str) -> Peer {
    let (region, url) = text.split_once('=').unwrap_or((text, ""));
    let url = (!url.is_empty()).then(|| url.to_owned());
    Peer { url, ..Peer::new(region) }
}

fn address(text: &str) -> Result<Address, &'static str> {
    match text.split_once('/') {
        Some((scope, document)) if !scope.is_empty() && !document.is_empty() => {
            Ok(Address::new(scope, document))
        }
        _ => Err("give the scope and the document, as in global/cart"),
    }
}

/// Nothing was started: the command line or a file is wrong.
const MISUSED: u8 = 2;
/// What shells say of a program that Ctrl-C has ended.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Run(run) => node(run),
        Command::Demo { file: Some(file), .. } => demo(Plan::read(Path::new(&file)), &file),
        Command::Demo { once: true, .. } => demo(Plan::parse(Plan::DEFAULT), "the default file"),
        #[cfg(feature = "nats")]
        Command::Demo { console, nats_server, .. } => {
            ended(supervisor::live(console, nats_server, &mut io::stdout()))
        }
        #[cfg(not(feature = "nats"))]
        Command::Demo { console, .. } => ended(supervisor::live(console, None, &mut io::stdout())),
        Command::Guard { program, arguments } => match supervisor::guard(&program, &arguments) {
            Ok(status) => u8::try_from(status.code().unwrap_or(1)).unwrap_or(1).into(),
            Err(error) => {
                eprintln!("cannot run {}: {error}", program.display());
                ExitCode::FAILURE
            }
        },
        Command::Erase { data, document } => match store::erase(&data, &document) {
            Ok(true) => {
                println!("{document} is erased");
                ExitCode::SUCCESS
            }
            Ok(false) => {
                eprintln!("there is no document {document} in {}", data.display());
                ExitCode::FAILURE
            }
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        },
        Command::Load(LoadOptions { seconds, operations, callers, kill_every, seed }) => {
            let load = Load { seconds, operations, callers, kill_every, seed };
            ended(supervisor::load(&load, &mut io::stdout()))
        }
        Command::HashToken => match io::read_to_string(io::stdin()) {
            Ok(token) => {
                println!("{}", hash_of(token.trim_end_matches(['\r', '\n'])));
                ExitCode::SUCCESS
            }
            Err(error) => {
                eprintln!("the token cannot be read: {error}");
                ExitCode::FAILURE
            }
        },
    }
}

fn node(run: Run) -> ExitCode {
    let options = Options {
        is_open: run.without_authentication,
        is_in_memory: run.in_memory,
        run: run.supervised.clone(),
        console: run.console.clone(),
    };
    match (&options.run, &run.region) {
        (Some(_), Some(region)) => tell_as(region),
        _ => tracing_subscriber::fmt().with_writer(io::stderr).init(),
    }
    let served =
        configured(run).map_err(ServeError::Config).and_then(|config| serve(config, &options));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(if matches!(error, ServeError::Config(_)) { MISUSED } else { 1 })
        }
    }
}

/// What a person has to hear goes to the error output, with the name of the region in front: there are
/// others beside it.
fn tell_as(region: &str) {
    let told = tracing_subscriber::fmt().with_max_level(tracing::Level::WARN);
    let told = told.without_time().with_level(false).with_target(false).with_ansi(false);
    let region = region.to_owned();
    told.with_writer(move || Named(region.clone())).init();
}

struct Named(String);

impl io::Write for Named {
    /// Whole lines, as that is what is written.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let name = format!("{}: ", self.0);
        io::stderr().lock().write_all(&[name.as_bytes(), line].concat())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// What the file says, and the command line besides: it comes first.
fn configured(run: Run) -> Result<Config, ConfigError> {
    let is_in_memory = run.in_memory;
    let Run { region, data, listen, tls_certificate, tls_key, peer, nats, config, .. } = run;
    let mut configured = match (config, region, listen) {
        (Some(path), region, listen) => Config::read(&path, region.as_deref(), listen)?,
        (None, region, listen) => {
            let (region, listen) =
                (region.unwrap_or_default(), listen.unwrap_or(([127, 0, 0, 1], 0).into()));
            Config::new(region, listen)
        }
    };
    configured.data = if is_in_memory { None } else { data.or(configured.data) };
    configured.peers.extend(peer);
    if let (Some(certificate), Some(key)) = (tls_certificate, tls_key) {
        configured.tls = Some(Tls { certificate, key });
    }
    if let Some(url) = nats {
        configured.nats = Some(match configured.nats {
            Some(nats) => Nats { url, ..nats },
            None => Nats::at(url),
        });
    }
    Ok(configured)
}

fn demo(plan: Result<Plan, PlanError>, file: &str) -> ExitCode {
    let plan = match plan {
        Ok(plan) => plan,
        Err(error @ PlanError::Unreadable(_)) => {
            eprintln!("{error}\nNothing was started.");
            return ExitCode::from(MISUSED);
        }
        Err(error) => {
            eprintln!("{file} cannot be run:\n{error}\nNothing was started.");
            return ExitCode::from(MISUSED);
        }
    };
    ended(supervisor::run(&plan, &mut io::stdout()))
}

fn ended(run: Result<(), Failure>) -> ExitCode {
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Interrupted) => {
            eprintln!("interrupted; every region was ended");
            ExitCode::from(INTERRUPTED)
        }
        Err(failure) => {
            eprintln!("failed: {failure}");
            ExitCode::FAILURE
        }
    }
}
