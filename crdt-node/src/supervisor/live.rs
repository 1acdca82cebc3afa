//! Regions that run until they are ended.

use std::io::Write;
use std::path::PathBuf;

use super::desk::Desk;
use super::fleet::{Fleet, Live};
use super::{Failure, convergence};
use crate::operations::Plan;

/// Runs three regions until the process is interrupted, and tells on `output` where they and their
/// console are. With `console`, the folder of the npm package's `dist`, the console edits documents.
/// With `nats_server`, the program of a NATS server, each region has one, and all goes over them.
///
/// # Errors
///
/// [`Failure::Interrupted`] in the end; others when processes cannot be run. All regions have been ended
/// then.
pub fn live(
    console: Option<PathBuf>,
    nats_server: Option<PathBuf>,
    output: &mut dyn Write,
) -> Result<(), Failure> {
    let desk = Desk::open()?;
    let address = desk.address();
    let regions = Plan::DEFAULT_REGIONS.map(String::from);
    let mut fleet = Fleet::start(&regions, Some(Live { desk, console, nats_server }), output)?;
    convergence::meet(&mut fleet)?;
    fleet.say(&format!("\nconsole: http://{address}/"))?;
    for region in &regions {
        if let Some(client) = fleet.client(region) {
            let nats = fleet.nats(region).map(|url| format!(", with its NATS server at {url}"));
            fleet.say(&format!("{region}: {}/{}", client.base(), nats.unwrap_or_default()))?;
        }
    }
    fleet.say("\nkill -9 any of these processes, and it comes back; Ctrl-C ends them all")?;
    fleet.serve()
}
