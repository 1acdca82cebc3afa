//! What can be synchronized.

use crdt_core::{Admit, Delta, Wire};

/// A lattice that can be synchronized: everything that has the traits of `crdt-core`.
///
/// All types of the family are, their tuples, maps and options, and a type of one's own as soon as
/// it merges, tells deltas, is admitted, and has bytes. Nothing has to be implemented for it here.
pub trait Lattice: Delta + Admit + Wire + Clone {}

impl<S: Delta + Admit + Wire + Clone> Lattice for S {}
