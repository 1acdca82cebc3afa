//! Runs one node per region, each a process of its own: over a file of operations, or until it is ended,
//! and tells what happens.
//!
//! Every wait has a limit. Whichever way a run ends, no process is left behind: the supervisor
//! ends and reaps its regions, and when it is itself killed, their input ends and so do they.

mod client;
mod convergence;
mod desk;
mod document;
mod failure;
mod fleet;
mod followed;
mod live;
mod load;
mod nats;
mod process;
mod report;
mod run;

pub use failure::Failure;
pub use live::live;
pub use load::{Load, load};
pub use nats::guard;
pub use run::run;
