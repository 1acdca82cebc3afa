//! The inputs of the benches: the same for both libraries, and checked to hold the same.

use std::time::{Duration, Instant};

use crdt_core::{ReplicaId, Timestamp};
use crdt_counters::{GCounter, PnCounter};
use crdt_registers::{LwwRegister, MvRegister};
use crdt_sets::{GSet, OrSet};
use crdts::ctx::AddCtx;
use crdts::lwwreg::LWWReg;
use crdts::{CmRDT, CvRDT, Dot, VClock};
use criterion::{Bencher, Criterion};

/// The types of the `crdts` crate, with the replica ids of ours.
pub mod theirs {
    use super::{ReplicaId, Timestamp};

    /// `crdts`' name for [`GCounter`](super::GCounter).
    pub type GCounter = crdts::GCounter<ReplicaId>;
    /// `crdts`' name for [`PnCounter`](super::PnCounter).
    pub type PnCounter = crdts::PNCounter<ReplicaId>;
    /// `crdts`' name for [`GSet`](super::GSet).
    pub type GSet = crdts::gset::GSet<u64>;
    /// `crdts`' name for [`OrSet`](super::OrSet).
    pub type OrSet = crdts::orswot::Orswot<u64, ReplicaId>;
    /// `crdts`' name for [`LwwRegister`](super::LwwRegister).
    pub type LwwRegister = crdts::lwwreg::LWWReg<String, (Timestamp, ReplicaId)>;
    /// `crdts`' name for [`MvRegister`](super::MvRegister).
    pub type MvRegister = crdts::mvreg::MVReg<String, ReplicaId>;
}

/// Sizes for what should not depend on the size of the state.
pub const FLAT: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// Sizes for what walks the state.
pub const WALKED: [u64; 2] = [1_000, 100_000];
/// Numbers of replicas: a few regions, and many devices.
pub const REPLICAS: [u64; 3] = [3, 1_000, 100_000];
/// Numbers of concurrent values: none but one, and conflicts.
pub const CONCURRENT: [u64; 3] = [1, 8, 64];

/// Short measurements: the suite is for orders of magnitude and for comparison.
pub fn criterion() -> Criterion {
    Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .configure_from_args()
}

/// The `n`-th replica: ids in no order, as random ones are.
pub fn replica(n: u64) -> ReplicaId {
    ReplicaId::from_u128(u128::from(element(n)) << 64 | u128::from(n))
}

/// The `n`-th element: different for each `n`, and in no order.
pub fn element(n: u64) -> u64 {
    n.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A value of a register.
pub fn value(n: u64) -> String {
    format!("{:016x}", element(n))
}

/// The `n`-th timestamp.
///
/// # Panics
///
/// Beyond 48 bits.
pub fn timestamp(n: u64) -> Timestamp {
    Timestamp::from_millis(n).expect("within 48 bits")
}

/// The numbers of so many replicas in the order of their ids, in which our counters are built
/// without moving rows.
pub fn ascending(replicas: u64) -> Vec<u64> {
    let mut numbers: Vec<u64> = (0..replicas).collect();
    numbers.sort_unstable_by_key(|n| replica(*n));
    numbers
}

/// Counters to which `replicas` replicas have counted.
///
/// # Panics
///
/// When the two libraries do not agree on the value.
pub fn g_counters(replicas: u64) -> (GCounter, theirs::GCounter) {
    let (mut ours, mut theirs) = (GCounter::new(), theirs::GCounter::new());
    for n in ascending(replicas) {
        ours.increment_by(replica(n), n + 1).expect("far from the end");
        theirs.apply(theirs.inc_many(replica(n), n + 1));
    }
    assert_eq!(ours.value().to_string(), theirs.read().to_string());
    (ours, theirs)
}

/// Counters to which `replicas` replicas have counted, up and down.
///
/// # Panics
///
/// When the two libraries do not agree on the value.
pub fn pn_counters(replicas: u64) -> (PnCounter, theirs::PnCounter) {
    let (mut ours, mut theirs) = (PnCounter::new(), theirs::PnCounter::new());
    for n in ascending(replicas) {
        ours.increment_by(replica(n), n + 1).expect("far from the end");
        ours.decrement(replica(n)).expect("far from the end");
        theirs.apply(theirs.inc_many(replica(n), n + 1));
        theirs.apply(theirs.dec(replica(n)));
    }
    assert_eq!(ours.value().to_string(), theirs.read().to_string());
    (ours, theirs)
}

/// Sets of the elements with these numbers.
///
/// # Panics
///
/// When the two libraries do not agree on the elements.
pub fn g_sets(numbers: impl Iterator<Item = u64>) -> (GSet<u64>, theirs::GSet) {
    let (mut ours, mut theirs) = (GSet::new(), theirs::GSet::new());
    for n in numbers {
        ours.add(element(n));
        theirs.insert(element(n));
    }
    assert!(ours.iter().eq(&theirs.read()));
    (ours, theirs)
}

/// Sets of the elements with these numbers, which three replicas have added in turns.
///
/// # Panics
///
/// When the two libraries do not agree on the elements.
pub fn or_sets(numbers: impl Iterator<Item = u64>) -> (OrSet<u64>, theirs::OrSet) {
    let (mut ours, mut theirs) = (OrSet::new(), theirs::OrSet::new());
    for n in numbers {
        ours.add(replica(n % 3), element(n));
        add(&mut theirs, replica(n % 3), element(n));
    }
    assert_same(&ours, &theirs);
    (ours, theirs)
}

/// Adds an element; returns the operation to be sent.
pub fn add(
    set: &mut theirs::OrSet,
    me: ReplicaId,
    element: u64,
) -> crdts::orswot::Op<u64, ReplicaId> {
    let operation = set.add(element, set.read_ctx().derive_add_ctx(me));
    set.apply(operation.clone());
    operation
}

/// # Panics
///
/// When the sets do not hold the same elements.
pub fn assert_same(ours: &OrSet<u64>, theirs: &theirs::OrSet) {
    let mut here: Vec<u64> = ours.iter().copied().collect();
    let mut there: Vec<u64> = theirs.read().val.into_iter().collect();
    here.sort_unstable();
    there.sort_unstable();
    assert_eq!(here, there);
}

/// Registers written once.
///
/// # Panics
///
/// When the two libraries do not agree on the value.
pub fn lww_registers(n: u64) -> (LwwRegister<String>, theirs::LwwRegister) {
    let (me, timestamp) = (replica(n), timestamp(n));
    let mut ours = LwwRegister::new();
    ours.set(me, timestamp, value(n)).expect("far from the last timestamp");
    let theirs = LWWReg { val: value(n), marker: (timestamp, me) };
    assert_eq!(ours.get(), Some(&theirs.val));
    (ours, theirs)
}

/// Registers with so many concurrent values, of replicas from number `first` on.
///
/// # Panics
///
/// When the two libraries do not agree on the values.
pub fn mv_registers(first: u64, values: u64) -> (MvRegister<String>, theirs::MvRegister) {
    let (mut ours, mut theirs) = (MvRegister::new(), theirs::MvRegister::new());
    for n in first..first + values {
        let mut other = MvRegister::new();
        crdt_core::Merge::merge(&mut ours, other.set(replica(n), value(n)));
        let dot = Dot::new(replica(n), 1);
        let context = AddCtx { clock: VClock::from(dot), dot };
        let mut other = theirs::MvRegister::new();
        other.apply(theirs.write(value(n), context));
        theirs.merge(other);
    }
    let mut there = theirs.read().val;
    there.sort_unstable();
    assert_eq!(ours.values(), there.iter().collect::<Vec<_>>());
    (ours, theirs)
}

/// Measures how long it takes to apply one change to a state of size `n`, which it may enlarge: so
/// after every n/10 changes it begins with a copy of the `state` again.
///
/// The changes come in order, each from `change`; what that costs is not measured.
pub fn apply_each<S: Clone, D>(
    bencher: &mut Bencher<'_>,
    n: u64,
    state: &S,
    change: impl Fn(u64) -> D,
    mut apply: impl FnMut(&mut S, D),
) {
    bencher.iter_custom(|iterations| {
        let mut took = Duration::ZERO;
        let mut left = iterations;
        while left > 0 {
            let batch = left.min(n / 10);
            let mut state = state.clone();
            let changes: Vec<D> = (n..n + batch).map(&change).collect();
            let start = Instant::now();
            for change in changes {
                apply(&mut state, change);
            }
            took += start.elapsed();
            left -= batch;
        }
        took
    });
}
