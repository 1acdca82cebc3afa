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
//! their state, stop, and start again with what was persisted, under a new id. Every fourth case or
//! so is a storm: a longer run, of bursts of writes and heavy loss, after which what a replica has
//! seen is full of holes. Of the states that occurred, old ones, single deltas and joins of some
//! deltas without the others included, a few are drawn, and the laws are checked on all pairs and
//! triples of them. In the order in which they are checked, so that the one which says most is
//! reported:
//!
//! - *mutators*: a mutator changes the state as merging its delta would have;
//! - *bytes*: decoding what was encoded yields an equal state, states are equal exactly when their
//!   bytes are, and messages that are cut short, prolonged or altered (bytes changed, put in, taken
//!   out, repeated) are refused, unless they are what another state encodes to;
//! - *the join*: associative, commutative, idempotent, with the bottom state as its identity;
//!   `merge` says whether it changed something, and `merge_ref` does what it does;
//! - *digests*: what arrives of one encodes to the same bytes and has the same answer;
//! - *deltas*: `delta_since` is exact between any two states, adds nothing, leaves nothing to
//!   send, and is least: every other state with the same effect includes it; `merge_novel` returns
//!   the same and merges;
//! - *dots and parts*, where a type offers them ([`Delta::dots`](crate::Delta::dots),
//!   [`Delta::parts`](crate::Delta::parts)): what is found by them to differ is enough, and hashes
//!   and names tell what they should;
//! - *order*: the same deltas in another order, or in groups, yield the same state, bytes and
//!   observation;
//! - *the sequential specification*, if there is one, on one replica;
//! - *convergence*: when the network has healed and every replica has asked every other by digest,
//!   all are equal, and equal to the merge of all.
//!
//! [`Law`] has them by name. None panics, either: a panic in the type under test is a broken law.
//!
//! Besides: [`check_admit`] and [`check_observe`], for types that implement [`Admit`] and
//! [`Observe`]; [`check_golden`], which pins the bytes that a release has written; and [`exhaust`],
//! which goes through *all* runs of few operations up to a depth.
//!
//! An operation is anything that implements [`quickcheck::Arbitrary`]; the crate is at hand here in
//! the version that the kit takes, so that nobody has to depend on it besides.
//!
//! # Reading a failure
//!
//! ```text
//! broken law DeltaIsExact: delta_since is exact: p ⊔ s.delta_since(p.digest()) = p ⊔ s
//!
//!   p (delta #3)                  = {}, kills {(…000b:2, …000b:2)}
//!   s (delta #1 ⊔ #2)             = {…000b:2: 3}, kills {(…000b:1, …000b:2)}
//!   δ = s.delta_since(p.digest()) = {}, kills {}
//!   p ⊔ δ                         = {}, kills {(…000b:2, …000b:2)}
//!   p ⊔ s                         = {}, kills {(…000b:1, …000b:2), (…000b:2, …000b:2)}
//!
//! schedule (case 2 of 200, 128 steps when found, 383 simpler ones tried):
//!   1. B writes Add(3): delta #1
//!   2. B writes Add(3): delta #2
//!   3. B writes Remove(3): delta #3
//!
//! repeat it with
//!   CRDT_SEED=11400714819323198485 CRDT_CASES=1
//! ```
//!
//! First the law, then the states that break it, as `Debug` prints them: `⊔` is the merge, and in
//! brackets is where a state comes from: `B after 2.` is what B held after the second line of the
//! schedule, `delta #1 ⊔ #2` the merge of these two deltas, what a replica holds that has missed
//! the third. Last the schedule, made simpler for as long as a simpler one was found to break the
//! same law. At most a thousand are tried, each on a few of its states, drawn anew; so it is short
//! as a rule, and may still hold a step that does not matter. [`exhaust`] reports the shortest run.
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
//! A case runs up to 32 steps (a storm, 128) and some thousand merges of small states, so the
//! default is meant to be part of every test run; see for yourself with
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

pub use quickcheck;

pub use config::Config;
pub use exhaust::{Exhausted, exhaust};
pub use failure::Failure;
pub use golden::{check_golden, golden_bytes};
pub use law::Law;
pub use model::{Author, Model};
pub use reachable::reachable;

use alloc::vec::Vec;
use core::fmt::Debug;

use crate::{Admit, Observe};

/// Checks all laws, in the default configuration: [`Config::from_env`].
///
/// # Panics
///
/// When one is broken, with the report of the [`Failure`].
pub fn check<M: Model>() {
    Config::from_env().check::<M>();
}

/// Checks the laws of [`Admit`], in the default configuration, on the runs of [`check`].
///
/// - Whatever reaches a replica in a run is admitted: nobody forges there, a replica that restarts
///   takes a new id, and no timestamp is further ahead than clocks are skewed against each other.
/// - A copy that was restored and went on under its *old* id refuses the delta of a write of that
///   id which it lacks, and states that include it. A change that would have been the same from any
///   other replica is left out of this: it claims nothing of who wrote it, as a removal does not.
/// - What [`Admit::separate`] takes apart joins to what came in, what may be merged now has no
///   timestamp too far ahead that the state does not have, and what waits the state lacks.
/// - What [`Admit::renew`] has written anew, a copy that went no further than the mark admits.
///
/// # Panics
///
/// When one is broken, with the report of the [`Failure`].
///
/// # Examples
///
/// ```
/// use crdt_core::laws;
/// use crdt_core::model::DotMapModel;
///
/// laws::check_admit::<DotMapModel<(bool, bool), bool>>();
/// ```
pub fn check_admit<M: Model<State: Admit>>() {
    Config::from_env().check_admit::<M>();
}

/// Checks the laws of [`Observe`], in the default configuration, on the runs of [`check`].
///
/// `items` says what there is in a state to appear and vanish: the elements of a set, the value of
/// a counter. `merge_observed` does and returns what `merge` does and returns, and reports, each
/// once and those that appear first, the items that are there afterwards and were not before, and
/// those that were and are not; where nothing changed, nothing.
///
/// # Panics
///
/// When one is broken, with the report of the [`Failure`].
///
/// # Examples
///
/// ```
/// use crdt_core::laws;
/// use crdt_core::model::DotMapModel;
///
/// laws::check_observe::<DotMapModel<(bool, bool), bool>>(|map| map.entries().cloned().collect());
/// ```
pub fn check_observe<M: Model>(items: impl Fn(&M::State) -> Vec<<M::State as Observe>::Item>)
where
    M::State: Observe<Item: Clone + PartialEq + Debug>,
{
    Config::from_env().check_observe::<M>(items);
}
