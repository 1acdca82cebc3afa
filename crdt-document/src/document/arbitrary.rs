//! Documents that transactions and merges have made.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crdt_core::{Delta, ReplicaId, Timestamp, laws};
use quickcheck::{Arbitrary, Gen};

use super::Document;
use crate::Author;
use crate::model::DocumentModel;

/// Yields reachable states; shrinks by removing names, to states that are reachable too.
impl Arbitrary for Document {
    fn arbitrary(generator: &mut Gen) -> Self {
        laws::reachable::<DocumentModel>(generator)
    }

    fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
        if self.is_bottom() {
            return quickcheck::empty_shrinker();
        }
        let whole = self.clone();
        let names: Vec<String> = self.names().map(String::from).collect();
        // Registers and sets are removed in nobody's name.
        let nobody = Author::new(ReplicaId::from_u128(0), Timestamp::MIN);
        let without = names.into_iter().filter_map(move |name| {
            let mut smaller = whole.clone();
            let removed = smaller.transact(nobody, |tx| tx.remove(&name)).ok()?;
            (!removed.is_bottom()).then_some(smaller)
        });
        Box::new(core::iter::once(Self::new()).chain(without))
    }
}
