//! The handles that read, a file for each kind.

mod counter;
mod mv_register;
mod pn_counter;
mod register;
mod set;

use alloc::sync::Arc;

use crdt_core::Entry;
use smallvec::SmallVec;

use crate::Document;
use crate::cell::Cell;
use crate::key::{Key, Place};

pub use counter::Counter;
pub use mv_register::MvRegister;
pub use pn_counter::PnCounter;
pub use register::Register;
pub use set::{Elements, GSet, Set};

pub(crate) use counter::count;
pub(crate) use mv_register::distinct;
pub(crate) use pn_counter::{Row, Tally, totals};
pub(crate) use register::{stamp, winner};

/// The cells of a place: one, unless replicas wrote it concurrently.
pub(crate) fn cells<'a>(
    document: &'a Document,
    name: &Arc<str>,
    place: Place,
) -> impl Iterator<Item = &'a Entry<Key, Cell>> + use<'a> {
    let found: SmallVec<[&Entry<Key, Cell>; 2]> =
        document.map.values(&Key::new(name, place)).collect();
    found.into_iter()
}
