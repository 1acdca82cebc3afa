//! What replicas promise, a file for each kind of promise: in one program, since it takes longer to
//! link one than to run it.

mod broadcast;
mod cost;
mod damage;
mod document;
mod durable_first;
#[cfg(feature = "simulate")]
mod faults;
mod gaps;
mod hints;
mod identity;
mod invariants;
mod lattices;
mod long_messages;
#[cfg(feature = "simulate")]
#[path = "../../examples/simulate/models.rs"]
mod models;
mod newcomers;
mod operations;
mod quarantine;
mod reconnects;
mod records;
mod refusals;
mod regressions;
mod scopes;
#[cfg(feature = "simulate")]
mod simulation;
mod small_scope;
mod snapshots;
mod stores;
mod support;
mod tokens;
mod transfers;
mod versions;
