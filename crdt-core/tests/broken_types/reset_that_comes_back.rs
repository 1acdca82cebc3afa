//! A counter whose replicas each keep their total in a value that they replace: who counts on while
//! another resets brings the total from before the reset back (`riak_dt#98`).
//!
//! It converges, so no law of one type rejects it: what a reset removes is a matter of what the counter
//! is to be. It is compared with its definition, a set of increments of which a reset removes those
//! that it has seen, as `crdt-counters` and `crdt-document` compare theirs.

use std::collections::BTreeMap;

use crdt_core::{DotMap, Merge, ReplicaId};
use quickcheck::{Arbitrary, Gen};

/// Where a replica keeps its total, and what it counts from.
trait Design {
    /// The total that a replica goes on from.
    fn base(totals: &DotMap<ReplicaId, u64>, me: ReplicaId, ever: u64) -> u64;

    /// What the totals come to.
    fn value(totals: &DotMap<ReplicaId, u64>) -> u64 {
        let each = totals.keys().map(|of| {
            let total = totals.values(of).map(|entry| *entry.value()).max();
            total.unwrap_or(0)
        });
        each.sum()
    }
}

/// Goes on from the total that the replica last had, whoever has reset it since.
struct ByTotal;

impl Design for ByTotal {
    fn base(_: &DotMap<ReplicaId, u64>, _: ReplicaId, ever: u64) -> u64 {
        ever
    }
}

/// Goes on from what is there, so it forgets what it has seen reset; and still brings back what it
/// has not seen reset.
struct ByWhatIsThere;

impl Design for ByWhatIsThere {
    fn base(totals: &DotMap<ReplicaId, u64>, me: ReplicaId, _: u64) -> u64 {
        totals.values(&me).map(|entry| *entry.value()).max().unwrap_or(0)
    }
}

/// One increment to a dot: the definition.
type Increments = DotMap<u64, ()>;

/// Runs a schedule on both; tells whether each replica reads the same from either.
fn agrees<D: Design>(schedule: &[(u8, u8)]) -> bool {
    let ids = [1, 2].map(ReplicaId::from_u128);
    let mut totals: [DotMap<ReplicaId, u64>; 2] = Default::default();
    let mut increments: [Increments; 2] = Default::default();
    let mut ever: BTreeMap<usize, u64> = BTreeMap::new();
    for (step, (kind, place)) in schedule.iter().enumerate() {
        let (here, there) = (usize::from(place % 2), usize::from(place % 2 == 0));
        match kind % 3 {
            0 => {
                let last = ever.entry(here).or_default();
                *last = D::base(&totals[here], ids[here], *last) + 1;
                totals[here].write(ids[here], ids[here], *last);
                increments[here].write(ids[here], step as u64, ());
            }
            1 => {
                for id in ids {
                    totals[here].remove(&id);
                }
                let all: Vec<u64> = increments[here].keys().copied().collect();
                for one in &all {
                    increments[here].remove(one);
                }
            }
            _ => {
                let (from, of) = (totals[there].clone(), increments[there].clone());
                totals[here].merge(from);
                increments[here].merge(of);
            }
        }
        if D::value(&totals[here]) != increments[here].keys().count() as u64 {
            return false;
        }
    }
    true
}

/// How many of some schedules show a difference.
fn differing<D: Design>() -> usize {
    let schedules =
        (0..200).map(|seed| Vec::<(u8, u8)>::arbitrary(&mut Gen::from_size_and_seed(20, seed)));
    schedules.filter(|schedule| !agrees::<D>(schedule)).count()
}

#[test]
fn a_reset_that_comes_back_is_found_by_the_definition() {
    assert!(differing::<ByTotal>() > 20);
    // Of A counting, B hearing it, B resetting and A counting on, A's second total is 2.
    let concurrent = [(0, 0), (2, 1), (1, 1), (0, 0), (2, 1)];
    assert!(!agrees::<ByTotal>(&concurrent) && !agrees::<ByWhatIsThere>(&concurrent));
    assert!(agrees::<ByWhatIsThere>(&[(0, 0), (1, 0), (0, 0)]));
}
