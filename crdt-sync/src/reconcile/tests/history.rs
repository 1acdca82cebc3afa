//! Random histories: replicas write, deltas are lost, repeated, come late.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crdt_core::{Delta, ReplicaId, Timestamp};
use crdt_counters::GCounter;
use crdt_registers::{LwwRegister, MvRegister};
use crdt_sets::{GSet, OrSet};

/// `SplitMix64`.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    pub(super) fn index(&mut self, bound: usize) -> usize {
        usize::try_from(self.below(bound as u64)).expect("fits")
    }
}

pub(super) fn replica(number: u64) -> ReplicaId {
    ReplicaId::from_u128(u128::from(number) + 1)
}

/// A type and a random write to it.
pub(super) trait Written: Delta + Clone + PartialEq + core::fmt::Debug {
    fn write(&mut self, me: ReplicaId, keys: u64, random: &mut Random) -> Self;
}

impl Written for OrSet<u64> {
    fn write(&mut self, me: ReplicaId, keys: u64, random: &mut Random) -> Self {
        match random.below(8) {
            0..=3 => self.add(me, random.below(keys)),
            4 => self.add_all(me, (0..4).map(|_| random.below(keys)).collect::<Vec<_>>()),
            5 | 6 => self.remove(&random.below(keys)),
            _ => {
                let third = random.below(keys);
                self.retain(|element| element % 16 != third % 16)
            }
        }
    }
}

impl Written for MvRegister<u64> {
    fn write(&mut self, me: ReplicaId, keys: u64, random: &mut Random) -> Self {
        if random.below(8) == 0 { self.clear() } else { self.set(me, random.below(keys)) }
    }
}

impl Written for GSet<u64> {
    fn write(&mut self, _: ReplicaId, keys: u64, random: &mut Random) -> Self {
        self.add_all((0..3).map(|_| random.below(keys)).collect::<Vec<_>>())
    }
}

impl Written for LwwRegister<u64> {
    fn write(&mut self, me: ReplicaId, keys: u64, random: &mut Random) -> Self {
        let timestamp = Timestamp::from_bits(random.below(1 << 30));
        self.set(me, timestamp, random.below(keys)).expect("not worn out")
    }
}

impl Written for BTreeMap<String, GCounter> {
    fn write(&mut self, me: ReplicaId, keys: u64, random: &mut Random) -> Self {
        let name = alloc::format!("{}", random.below(keys));
        let counter = self.entry(name.clone()).or_default();
        [(name, counter.increment(me).expect("few"))].into()
    }
}

impl<A: Written, B: Written> Written for (A, B) {
    fn write(&mut self, me: ReplicaId, keys: u64, random: &mut Random) -> Self {
        if random.below(2) == 0 {
            (self.0.write(me, keys, random), B::default())
        } else {
            (A::default(), self.1.write(me, keys, random))
        }
    }
}

impl<A: Written> Written for Option<A> {
    fn write(&mut self, me: ReplicaId, keys: u64, random: &mut Random) -> Self {
        Some(self.get_or_insert_with(A::default).write(me, keys, random))
    }
}

/// The states of three replicas after so many steps on so many keys. Of the deltas a third is lost
/// on every link.
pub(super) fn states<S: Written>(seed: u64, steps: usize, keys: u64) -> Vec<S> {
    let mut random = Random(seed);
    let mut states = alloc::vec![S::default(); 3];
    let mut deltas: Vec<S> = Vec::new();
    for _ in 0..steps {
        let at = random.index(3);
        let delta = states[at].write(replica(at as u64), keys, &mut random);
        deltas.push(delta);
        for state in &mut states {
            let late = random.index(deltas.len().min(8)) + 1;
            if random.below(3) > 0 {
                let delta = deltas[deltas.len() - late].clone();
                state.merge(delta);
            }
        }
        if random.below(64) == 0 {
            let (from, to) = (random.index(3), random.index(3));
            let whole = states[from].clone();
            states[to].merge(whole);
        }
    }
    states
}
