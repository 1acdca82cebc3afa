//! Property-testing convergence.

mod check;
mod config;
mod exhaust;
mod failure;
mod law;
mod model;
mod network;
mod random;
mod reachable;
mod runner;
mod schedule;
mod simulation;
mod trace;

pub use config::Config;
pub use exhaust::{Exhausted, exhaust};
pub use failure::Failure;
pub use law::Law;
pub use model::{Author, Model};
pub use reachable::reachable;

/// Checks all laws, in the default configuration: [`Config::from_env`].
///
/// # Panics
///
/// When one is broken, with the report of the [`Failure`].
pub fn check<M: Model>() {
    Config::from_env().check::<M>();
}
