//! Runs a file of operations over one process per region, and tells what happens.
//!
//! Every wait has a limit. Whichever way a run ends, no process is left behind: the supervisor
//! ends and reaps its regions, and when it is itself killed, their input ends and so do they.

mod client;
mod convergence;
mod document;
mod failure;
mod fleet;
mod followed;
mod process;
mod report;
mod run;

pub use failure::Failure;
pub use run::run;
