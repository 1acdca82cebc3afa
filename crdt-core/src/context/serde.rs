//! A context for people: `{"<replica>": [[1, 4], [7, 7]]}`.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{CausalContext, Runs};
use crate::{Dot, ReplicaId};

impl Serialize for CausalContext {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let runs = |runs: &Runs| runs.iter().map(RangeInclusive::into_inner).collect::<Vec<_>>();
        serializer.collect_map(self.entries().map(|(replica, all)| (replica, runs(all))))
    }
}

impl<'de> Deserialize<'de> for CausalContext {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Entries)
    }
}

struct Entries;

impl<'de> Visitor<'de> for Entries {
    type Value = CausalContext;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map from replica to the runs of counters seen of it")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<CausalContext, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some((replica, bounds)) = map.next_entry::<ReplicaId, Vec<(u64, u64)>>()? {
            let runs = to_runs(&bounds).ok_or_else(|| {
                A::Error::custom("runs are not ascending, apart from each other and in range")
            })?;
            if entries.insert(replica, runs).is_some() {
                return Err(A::Error::custom(format_args!("replica {replica} is listed twice")));
            }
        }
        let mut context = CausalContext::new();
        for (replica, runs) in entries {
            context.push(replica, runs);
        }
        Ok(context)
    }
}

/// The runs with these bounds; `None` if they are not canonical, or none.
fn to_runs(bounds: &[(u64, u64)]) -> Option<Runs> {
    let mut runs = Runs::default();
    for (first, last) in bounds {
        let beyond = if runs.is_empty() { *first > 0 } else { *first > runs.max() + 1 };
        if !beyond || last < first || *last > Dot::MAX_COUNTER {
            return None;
        }
        runs.push(*first..=*last);
    }
    (!runs.is_empty()).then_some(runs)
}
