//! A context for people: `{"<replica>": [[1, 4], [7, 7]]}`.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::ops::RangeInclusive;

use serde::de::Error as _;
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
        let entries = BTreeMap::<ReplicaId, Vec<(u64, u64)>>::deserialize(deserializer)?;
        let mut context = Self::new();
        for (replica, bounds) in entries {
            let mut runs = Runs::default();
            for (first, last) in bounds {
                let beyond = first > runs.max() + u64::from(!runs.is_empty());
                if !beyond || last < first || last > Dot::MAX_COUNTER {
                    return Err(D::Error::custom("runs are not ascending, apart and in range"));
                }
                runs.push(first..=last);
            }
            if runs.is_empty() {
                return Err(D::Error::custom("a replica has no runs"));
            }
            context.push(replica, runs);
        }
        Ok(context)
    }
}
