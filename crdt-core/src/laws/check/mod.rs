//! The laws, a file for each group of them.

mod convergence;
pub(super) mod delta;
pub(super) mod encoding;
pub(super) mod semilattice;
mod sequential;

use quickcheck::Gen;

use super::Model;
use super::failure::Violation;
use super::trace::Trace;
use crate::Merge;

/// So many states of a run are looked at, in pairs and triples.
const SAMPLES: usize = 7;

/// Checks all laws on what a run reached, the most specific first.
pub(super) fn check<M: Model>(trace: &Trace<M>, generator: &mut Gen) -> Result<(), Violation> {
    let samples = trace.sample(generator, SAMPLES);
    encoding::check::<M>(&samples, generator)?;
    semilattice::check::<M>(&samples)?;
    delta::check::<M>(&samples)?;
    encoding::check_orders(trace, generator)?;
    sequential::check::<M>(&trace.operations)?;
    convergence::check::<M>(&trace.finals)
}

/// `a ⊔ b`.
pub(super) fn join<S: Merge + Clone>(a: &S, b: &S) -> S {
    let mut joined = a.clone();
    joined.merge(b.clone());
    joined
}
