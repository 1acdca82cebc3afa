//! Property-testing convergence, for anybody's type.
//!
//! A replicated data type is right when all replicas that have seen the same changes are equal,
//! whatever the network did meanwhile. That is hard to see from code, and a handful of examples
//! does not show it. This kit does: describe the type in one small trait, [`Model`] (an arbitrary
//! operation, how it applies, what is observed, and optionally what one replica alone would
//! observe), and check it in one line.
//!
//! ```
//! # use crdt_core::DotMap;
//! # use crdt_core::laws::{self, Author, Model};
//! # struct MyModel;
//! # impl Model for MyModel {
//! #     type State = DotMap<u8, ()>;
//! #     type Operation = u8;
//! #     type Observed = usize;
//! #     fn apply(state: &mut Self::State, author: &Author, element: &u8) -> Self::State {
//! #         state.write(author.replica, *element, ())
//! #     }
//! #     fn observe(state: &Self::State) -> usize {
//! #         state.len()
//! #     }
//! # }
//! laws::check::<MyModel>();
//! ```
//!
//! `examples/own_type.rs` is a whole one: a register written over the traits, and its model.
//!
//! # What is checked
//!
//! Every case is a random run: two to four replicas with skewed clocks apply operations; single
//! deltas, groups of deltas, whole states and digests with their answers travel, as bytes, through
//! a network that loses, repeats and reorders, and whose links are cut and heal; replicas persist
//! their state, stop, and start again with what was persisted, under a new id. Of the states that
//! occurred, old ones, single deltas and joins of some deltas without the others included, a few
//! are drawn, and the laws are checked on all pairs and triples of them. In the order in which
//! they are checked, so that the one which says most is reported:
//!
//! - *mutators*: a mutator changes the state as merging its delta would have;
//! - *bytes*: decoding what was encoded yields an equal state, states are equal exactly when their
//!   bytes are, and truncated, prolonged or altered messages are refused, unless they are what
//!   another state encodes to;
//! - *the join*: associative, commutative, idempotent, with the bottom state as its identity;
//!   `merge` says whether it changed something, and `merge_ref` does what it does;
//! - *deltas*: `delta_since` is exact between any two states, adds nothing, leaves nothing to
//!   send, and is least: every other state with the same effect includes it; `merge_novel` returns
//!   the same and merges;
//! - *order*: the same deltas in another order, or in groups, yield the same state, bytes and
//!   observation;
//! - *the sequential specification*, if there is one, on one replica;
//! - *convergence*: when the network has healed and every replica has asked every other by digest,
//!   all are equal, and equal to the merge of all.
//!
//! [`Law`] has them by name. None panics, either: a panic in the type under test is a broken law.
//!
//! [`check_golden`] pins the bytes that a release has written. [`exhaust`] goes through *all* runs of few operations up to a depth instead.
//!
//! # Reading a failure
//!
//! ```text
//! broken law DeltaIsExact: delta_since is exact: p ⊔ s.delta_since(p.digest()) = p ⊔ s
//!
//!   p (delta #1 ⊔ #3)             = {…000a:1: 3}, kills {(…000a:2, …000a:2)}
//!   s (delta #1 ⊔ #2)             = {…000a:2: 3}, kills {(…000a:1, …000a:2)}
//!   δ = s.delta_since(p.digest()) = {}, kills {}
//!   p ⊔ δ                         = {…000a:1: 3}, kills {(…000a:2, …000a:2)}
//!   p ⊔ s                         = {}, kills {(…000a:1, …000a:2), (…000a:2, …000a:2)}
//!
//! schedule (case 4 of 200, 22 steps when found, 65 simpler ones tried):
//!   1. A writes Add(3): delta #1
//!   2. A writes Add(3): delta #2
//!   3. A writes Remove(3): delta #3
//!
//! repeat it with
//!   CRDT_SEED=15755400384260043839 CRDT_CASES=1
//! ```
//!
//! First the law, then the states that break it, as `Debug` prints them: `⊔` is the merge, and in
//! brackets is where a state comes from: `B after 2.` is what B held after the second line of the
//! schedule, `delta #1 ⊔ #3` the merge of these two deltas, what a replica holds that has missed
//! the second. Last the schedule, shrunk: no step can be left out without the failure going away.
//! Replicas are called A to D, and A' once A has restarted; their ids end in the same digit, so
//! `…000a` is A and `…001a` is A'.
//!
//! # Seeds and cases
//!
//! Runs are seeded, and the default seed is a constant: a test that passes today passes tomorrow.
//! Two environment variables change that, for every check but those of a [`Config::new`], which
//! does not look at them:
//!
//! | variable | meaning |
//! |---|---|
//! | `CRDT_SEED` | the seed of the first case; the line in a failure repeats its case |
//! | `CRDT_CASES` | how many cases: 200 by default, many more over night |
//!
//! # How long it takes
//!
//! A case runs up to 32 steps and some thousand merges of small states, so the default is meant to
//! be part of every test run; see for yourself with
//! `cargo test -p crdt-core --features quickcheck --example own_type`. It grows with the number of
//! cases, and with what merging, encoding and comparing states of some ten operations costs. A type
//! that is much slower can do with fewer steps ([`Config::with_steps`]).
//!
//! # Sources
//!
//! The laws of states are those of Shapiro, Preguiça, Baquero and Zawirski 2011 (section 2.3), of
//! deltas and mutators those of Almeida, Shoker and Baquero 2018 (definitions 2 to 4), of least
//! deltas those of Enes, Almeida, Baquero and Leitão 2019 (section III).

mod check;
mod config;
mod exhaust;
mod failure;
mod golden;
mod law;
mod model;
mod name;
mod network;
#[cfg(test)]
mod numbers;
mod random;
mod reachable;
mod runner;
mod schedule;
mod simulation;
mod trace;

pub use config::Config;
pub use exhaust::{Exhausted, exhaust};
pub use failure::Failure;
pub use golden::{check_golden, golden_bytes};
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
