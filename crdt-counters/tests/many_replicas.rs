//! Counters of many replicas against an oracle: a plain map, joined by maximum.

use std::collections::BTreeMap;

use crdt_counters::{Delta, GCounter, Merge, ReplicaId, Wire};

/// A generator of numbers that is the same everywhere (Marsaglia 2003).
struct Xorshift(u64);

impl Xorshift {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }

    /// A map of some of 200 replicas to small totals.
    fn totals(&mut self) -> BTreeMap<u128, u64> {
        let most = 200 >> self.below(8);
        let rows = self.below(most + 1);
        (0..rows).map(|_| (u128::from(self.below(200)), 1 + self.below(5))).collect()
    }
}

fn counter(totals: &BTreeMap<u128, u64>) -> GCounter {
    let mut counter = GCounter::new();
    for (replica, total) in totals {
        counter.increment_by(ReplicaId::from_u128(*replica), *total).expect("in range");
    }
    counter
}

#[test]
fn merges_and_deltas_agree_with_a_plain_map() {
    let mut random = Xorshift(0x2545_f491_4f6c_dd1d);
    for _ in 0..5_000 {
        let (mine, theirs) = (random.totals(), random.totals());
        let mut union = mine.clone();
        let mut lacking = BTreeMap::new();
        for (replica, total) in &theirs {
            if mine.get(replica).is_none_or(|held| held < total) {
                union.insert(*replica, *total);
                lacking.insert(*replica, *total);
            }
        }
        let (here, there, novel) = (counter(&mine), counter(&theirs), counter(&lacking));

        let mut merged = here.clone();
        assert_eq!(merged.merge(there.clone()), !lacking.is_empty());
        assert_eq!(merged, counter(&union));

        let mut merged = here.clone();
        assert_eq!(merged.merge_ref(&there), !lacking.is_empty());
        assert_eq!(merged, counter(&union));

        let mut merged = here.clone();
        assert_eq!(merged.merge_novel(there.clone()), novel);
        assert_eq!(merged, counter(&union));

        assert_eq!(there.delta_since(&here.digest()), novel);
        assert_eq!(GCounter::decode(&merged.encode()), Ok(merged));
    }
}
