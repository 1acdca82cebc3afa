//! Counters that operations and merges have made.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::iter;

use crdt_core::{ReplicaId, laws};
use quickcheck::{Arbitrary, Gen};

use super::{GCounterModel, PnCounterModel, ResettableCounterModel};
use crate::tallies::Tallies;
use crate::{GCounter, PnCounter, ResettableCounter};

macro_rules! arbitrary {
    ($counter:ident, $model:ident) => {
        /// Yields reachable states; shrinks to fewer replicas and smaller totals, which are
        /// reachable too: each cell has been one delta.
        impl Arbitrary for $counter {
            fn arbitrary(generator: &mut Gen) -> Self {
                laws::reachable::<$model>(generator)
            }

            fn shrink(&self) -> Box<dyn Iterator<Item = Self>> {
                Box::new(smaller(&self.tallies).map(|tallies| Self { tallies }))
            }
        }
    };
}

arbitrary!(GCounter, GCounterModel);
arbitrary!(PnCounter, PnCounterModel);
arbitrary!(ResettableCounter, ResettableCounterModel);

fn smaller<const COLUMNS: usize>(
    tallies: &Tallies<COLUMNS>,
) -> impl Iterator<Item = Tallies<COLUMNS>> + use<COLUMNS> {
    let rows: Vec<(ReplicaId, [u64; COLUMNS])> = tallies.rows().collect();
    let places = 0..rows.len();
    let replacements = places.flat_map(move |place| {
        let row = rows[place].1;
        let smaller_cells = (0..COLUMNS).flat_map(move |column| {
            row[column].shrink().map(move |total| {
                let mut smaller = row;
                smaller[column] = total;
                smaller
            })
        });
        let rows = rows.clone();
        iter::once([0; COLUMNS]).chain(smaller_cells).map(move |row| {
            let mut rows = rows.clone();
            rows[place].1 = row;
            rows
        })
    });
    replacements.map(|rows| {
        let mut tallies = Tallies::new();
        for (replica, totals) in rows {
            tallies.push(replica, totals);
        }
        tallies
    })
}
