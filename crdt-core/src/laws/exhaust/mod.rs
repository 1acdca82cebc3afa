//! Every schedule up to a depth, instead of random ones.

mod search;
mod table;

use alloc::format;
use alloc::string::String;

use super::failure::numbered;
use super::{Law, Model};
use search::Search;

/// What an enumeration went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exhausted {
    /// Different configurations reached: the states of the replicas, and the deltas made so far.
    pub configurations: usize,
    /// Different ordered pairs of states that the laws were checked on.
    pub pairs: usize,
    /// Different states met, joins and answers to digests included.
    pub states: usize,
}

/// Goes through every run of `replicas` replicas up to `depth` steps and checks the laws on all
/// that can be reached.
///
/// A step is one of `operations` at one replica, the arrival of one replica's whole state at
/// another, or the arrival of any single delta made so far at any replica; a delta that never
/// arrives is lost, and one may arrive more than once. In every configuration, every ordered pair of
/// states, of replicas and deltas, is checked: the join is commutative and idempotent and says
/// whether it changed something, `delta_since` is exact, least and leaves nothing, `merge_novel`
/// returns the same, equal states have equal bytes; and on every three states: the join is
/// associative, and no third one is a smaller delta.
///
/// A replica's n-th change carries timestamp n, so that timestamps of different replicas tie.
///
/// Cost: exponential in `depth`, time and memory alike. Of states with equal bytes only the first is
/// kept, and joined once, so most of it is looking things up: two replicas with four operations,
/// or three with two, to depth 5 belong in every test run. What tells states with equal bytes
/// apart, such as the order in which they came about, is left to [`check`](super::check).
///
/// # Panics
///
/// When a law is broken, with the law, the states and the shortest run that leads to them; and for
/// no replicas or more than six.
///
/// # Examples
///
/// ```
/// use crdt_core::laws::{self, Model};
///
/// fn all_runs<M: Model<Operation = u64>>() {
///     let seen = laws::exhaust::<M>(2, &[1, 2], 4);
///     assert!(seen.configurations > 10);
/// }
/// ```
pub fn exhaust<M: Model>(replicas: usize, operations: &[M::Operation], depth: usize) -> Exhausted {
    assert!((1..=6).contains(&replicas), "one to six replicas, not {replicas}");
    match Search::<M>::new(replicas, operations).run(depth) {
        Ok(exhausted) => exhausted,
        Err((violation, story)) => {
            let law: Law = violation.law;
            let report: String = format!(
                "\nbroken law {law:?}: {law}\n\n{}\nshortest run:\n{}",
                violation.evidence(),
                numbered(&story)
            );
            panic!("{report}");
        }
    }
}
