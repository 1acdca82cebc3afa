//! The replica ids that a message mentions, in order of their first mention.

use alloc::vec::Vec;

use hashbrown::HashMap;
use smallvec::SmallVec;

use crate::{ReplicaId, seed};

/// Up to this many ids are searched one by one.
const SCANNED: usize = 8;

#[derive(Debug, Default)]
pub(super) struct Dictionary {
    ids: SmallVec<[ReplicaId; 1]>,
    /// The greatest of them, as a number: what is above it is new. Types list ids in ascending order, so most
    /// are told to be new without being looked up.
    greatest: Option<u128>,
    /// Their places, up to the last that there was when one was looked up: made when they are many.
    places: Option<HashMap<ReplicaId, usize, ahash::RandomState>>,
}

impl Dictionary {
    /// One that begins with these ids. Each should be there once.
    pub(super) fn of(agreed: &[ReplicaId]) -> Self {
        let greatest = agreed.iter().map(ReplicaId::as_u128).max();
        Self { ids: agreed.into(), greatest, places: None }
    }

    pub(super) fn ids(&self) -> &[ReplicaId] {
        &self.ids
    }

    pub(super) fn into_ids(self) -> Vec<ReplicaId> {
        self.ids.into_vec()
    }

    /// Where an id is, if it has been mentioned.
    pub(super) fn place(&mut self, id: ReplicaId) -> Option<usize> {
        if self.greatest < Some(id.as_u128()) {
            return None;
        }
        if self.ids.len() <= SCANNED {
            return self.ids.iter().position(|mentioned| *mentioned == id);
        }
        let places = self.places.get_or_insert_with(|| HashMap::with_hasher(seed::hasher()));
        let all = self.ids.iter().copied().enumerate();
        places.extend(all.skip(places.len()).map(|(place, id)| (id, place)));
        places.get(&id).copied()
    }

    /// Adds an id that has no place yet.
    pub(super) fn mention(&mut self, id: ReplicaId) {
        self.ids.push(id);
        self.greatest = self.greatest.max(Some(id.as_u128()));
    }
}
