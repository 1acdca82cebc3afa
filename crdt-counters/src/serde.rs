//! Counters for people: a map from replica to totals.

use alloc::collections::BTreeMap;
use core::fmt;
use core::marker::PhantomData;

use crdt_core::ReplicaId;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::tallies::Tallies;
use crate::{GCounter, PnCounter, ResettableCounter};

/// The totals of one replica, as they are shown.
trait Row<const COLUMNS: usize> {
    fn from_totals(totals: [u64; COLUMNS]) -> Self;
    fn into_totals(self) -> [u64; COLUMNS];
}

impl Row<1> for u64 {
    fn from_totals([total]: [u64; 1]) -> Self {
        total
    }

    fn into_totals(self) -> [u64; 1] {
        [self]
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PnRow {
    increments: u64,
    decrements: u64,
}

impl Row<2> for PnRow {
    fn from_totals([increments, decrements]: [u64; 2]) -> Self {
        Self { increments, decrements }
    }

    fn into_totals(self) -> [u64; 2] {
        [self.increments, self.decrements]
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ResettableRow {
    increments: u64,
    decrements: u64,
    reset_increments: u64,
    reset_decrements: u64,
}

impl Row<4> for ResettableRow {
    fn from_totals(totals: [u64; 4]) -> Self {
        let [increments, decrements, reset_increments, reset_decrements] = totals;
        Self { increments, decrements, reset_increments, reset_decrements }
    }

    fn into_totals(self) -> [u64; 4] {
        [self.increments, self.decrements, self.reset_increments, self.reset_decrements]
    }
}

/// Reads a map of rows in any order, each replica once and none that says nothing.
struct Rows<const COLUMNS: usize, R>(PhantomData<R>);

impl<'de, const COLUMNS: usize, R> Visitor<'de> for Rows<COLUMNS, R>
where
    R: Row<COLUMNS> + Deserialize<'de>,
{
    type Value = Tallies<COLUMNS>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map from replica id to what the replica has counted")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut rows = BTreeMap::new();
        while let Some((replica, row)) = map.next_entry::<ReplicaId, R>()? {
            let totals = row.into_totals();
            if totals == [0; COLUMNS] {
                return Err(A::Error::custom(format_args!(
                    "replica {replica} has counted nothing"
                )));
            }
            if rows.insert(replica, totals).is_some() {
                return Err(A::Error::custom(format_args!("replica {replica} is listed twice")));
            }
        }
        let mut tallies = Tallies::new();
        for (replica, totals) in rows {
            tallies.push(replica, totals);
        }
        Ok(tallies)
    }
}

macro_rules! shown_as {
    ($counter:ident, $row:ty) => {
        impl Serialize for $counter {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let rows = self.tallies.rows();
                serializer
                    .collect_map(rows.map(|(replica, row)| (replica, <$row>::from_totals(row))))
            }
        }

        impl<'de> Deserialize<'de> for $counter {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let rows = Rows::<_, $row>(PhantomData);
                deserializer.deserialize_map(rows).map(|tallies| Self { tallies })
            }
        }
    };
}

shown_as!(GCounter, u64);
shown_as!(PnCounter, PnRow);
shown_as!(ResettableCounter, ResettableRow);
