//! A deterministic simulator: replicas, their disks and clocks, and the network between them.
//!
//! A seed is a run, byte for byte: who there is and who is linked to whom, what is written, which
//! messages are lost, repeated, overtaken and late, who crashes when, what its disk had synced by
//! then, which disk is replaced by an older copy of itself, whose clock jumps. Then everything works
//! again, and it is checked that what the [replica](crate::Replica) promises has come true: see
//! [`Law`]. What is checked it against is the merge of what was written, of which the simulator
//! keeps its own book.
//!
//! It runs over every [`Model`](crdt_core::laws::Model) of the law kit whose state is a
//! [`Lattice`](crate::Lattice): those of the family, and the one that you have of a type of your own.
//!
//! ```
//! use crdt_sets::model::OrSetModel;
//! use crdt_sync::simulation::Simulation;
//!
//! Simulation::new().check::<OrSetModel<u8>>(0..3);
//! ```
//!
//! A seed that fails prints the shortest schedule found that fails in the same way:
//!
//! ```text
//! Tokens does not hold: B covers the token of write 2, and does not show it
//!
//! seed 17: 3 hosts, Ring, datagrams
//!
//! schedule (60 steps when found, 112 shorter ones tried), and then everything heals:
//!   1. A writes
//!   2. nothing gets from A to B
//!   …
//! ```
//!
//! | file | what it answers |
//! |---|---|
//! | `setup` | what kind of world a seed stands for |
//! | `step` | what happens there, step by step |
//! | `world` | how it happens, and what is checked |
//! | `host`, `store` | a process, its disk and its clocks |
//! | `network` | what becomes of messages |
//! | `ledger` | what was written |
//! | `run` | how a failure is made short |
//! | `report`, `story` | what is told of a run |

mod dice;
mod host;
mod ledger;
mod network;
mod report;
mod run;
mod setup;
mod step;
mod store;
mod story;
mod world;

#[doc(hidden)]
pub use crate::fault::Fault;
pub use report::{Failure, Law, Load, Report};
pub use run::Simulation;
pub use setup::{Topology, Troubles};
