//! The laws, a file for each group of them.

pub(super) mod admit;
mod convergence;
pub(super) mod delta;
pub(super) mod digest;
pub(super) mod encoding;
pub(super) mod observe;
pub(super) mod reconcile;
pub(super) mod semilattice;
mod sequential;
mod tampering;

use quickcheck::Gen;

use super::Model;
use super::failure::Violation;
use super::trace::Trace;
use crate::Merge;

/// So many states of a run are looked at, in pairs and triples.
const SAMPLES: usize = 7;

/// So many where states are large: of a run that made more deltas than [`MANY`].
const FEW_SAMPLES: usize = 4;

const MANY: usize = 32;

/// Checks all laws on what a run reached, the most specific first.
pub(super) fn check<M: Model>(trace: &Trace<M>, generator: &mut Gen) -> Result<(), Violation> {
    let most = if trace.deltas.len() > MANY { FEW_SAMPLES } else { SAMPLES };
    let samples = trace.sample(generator, most);
    encoding::check::<M>(&samples, generator)?;
    semilattice::check::<M>(&samples)?;
    delta::check::<M>(&samples, generator)?;
    reconcile::check::<M>(&samples)?;
    encoding::check_orders(trace, generator)?;
    sequential::check::<M>(&trace.operations)?;
    // What keeps replicas apart is mostly to be seen between two of them.
    semilattice::check_pairs::<M>(&trace.finals)?;
    delta::check_pairs::<M>(&trace.finals)?;
    convergence::check::<M>(&trace.finals)
}

/// `a ⊔ b`.
pub(super) fn join<S: Merge + Clone>(a: &S, b: &S) -> S {
    let mut joined = a.clone();
    joined.merge(b.clone());
    joined
}
