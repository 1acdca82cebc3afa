//! What a region holds: named values of every type.

mod apply;
mod read;

use std::collections::BTreeMap;

use crdt_core::{ContentKey, Timestamp};
use crdt_counters::{GCounter, PnCounter, ResettableCounter};
use crdt_registers::{LwwRegister, MvRegister};
use crdt_sets::{GSet, OrSet};

pub use apply::{Author, Refusal, apply};
pub use read::readings;

/// The values of one type by their names.
pub type Named<T> = BTreeMap<String, T>;

/// All values of a region. A tuple of maps of lattices is a lattice: how it merges, what it lacks,
/// what of it is refused and how it is written follow from its parts.
pub type State = (
    Named<GCounter>,
    Named<PnCounter>,
    Named<ResettableCounter>,
    Named<GSet<String>>,
    Named<OrSet<String>>,
    Named<LwwRegister<String>>,
    Named<MvRegister<String>>,
);

/// Equal for equal states: a hash of the canonical bytes. It tells a person, and the supervisor,
/// whether regions agree; nothing is merged or left out because of it.
pub fn fingerprint(state: &State) -> u128 {
    ContentKey::from_u128(0).hash(state)
}

/// The timestamps in a state, for the clock that has to exceed them.
pub fn timestamps(state: &State) -> impl Iterator<Item = Timestamp> {
    state.5.values().filter_map(LwwRegister::timestamp)
}
