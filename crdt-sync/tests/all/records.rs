//! A crash at every point at which something becomes durable.

use std::collections::BTreeMap;

use crdt_core::{Merge, ReplicaId, Timestamp};
use crdt_document::{Author, Document, WriteError};
use crdt_registers::LwwRegister;
use crdt_sets::{GSet, OrSet};
use crdt_sync::{Config, Lattice, Token};

use crate::support::{Fleet, Store};

type Write<S> = fn(&mut S, ReplicaId, Timestamp, u64) -> S;

/// What there was when so many records had been written.
struct Moment<S> {
    state: S,
    position: u64,
    /// The tokens of all writes so far, of everybody, that the replica covered.
    covered: Vec<Token>,
}

/// The first of two replicas, as both write and talk, the link breaks and comes back, snapshots are
/// taken: its records, one by one, and what it held after each.
struct Run<S> {
    fleet: Fleet<S>,
    records: Vec<Vec<u8>>,
    moments: BTreeMap<usize, Moment<S>>,
    tokens: Vec<Token>,
}

impl<S: Lattice + PartialEq + std::fmt::Debug> Run<S> {
    /// Takes the first replica's records out one by one, with the state as it was when the last of
    /// them was written.
    fn note(&mut self) {
        let replica = &mut self.fleet.replicas[0];
        while let Some(record) = replica.next_record() {
            replica.persisted(record.number);
            self.records.push(record.bytes);
        }
        let covered = self.tokens.iter().copied().filter(|token| replica.covers(token)).collect();
        let (state, position) = (replica.state().clone(), replica.position());
        self.moments.insert(self.records.len(), Moment { state, position, covered });
    }

    fn write(&mut self, number: usize, write: Write<S>, which: u64) {
        let now = self.fleet.now();
        let written = self.fleet.replicas[number]
            .write_stamped(now, |state, me, stamp| write(state, me, stamp, which));
        self.tokens.push(written.expect("open"));
        self.note();
    }

    /// Lets messages arrive one by one for a while.
    fn talk(&mut self, ms: u64) {
        for _ in 0..ms / 50 {
            self.fleet.now_ms += 50;
            let now = self.fleet.now();
            for from in [0, 1, 0, 1] {
                self.note();
                self.fleet.persist(1);
                while let Some(message) = self.fleet.replicas[from].next_message(now) {
                    let to = &mut self.fleet.replicas[1 - from];
                    to.receive(Fleet::<S>::peer(from), &message.bytes, now).expect("in order");
                    self.note();
                }
            }
        }
    }

    fn script(write: Write<S>, config: &Config) -> Self {
        let fleet = Fleet::<S>::new(2, config);
        let (records, tokens) = (Vec::new(), Vec::new());
        let nothing = Moment { state: S::default(), position: 0, covered: Vec::new() };
        let mut run = Self { fleet, records, moments: BTreeMap::from([(0, nothing)]), tokens };
        run.note();
        run.write(0, write, 0);
        run.fleet.connect(0, 1);
        run.talk(200);
        for which in 1..4 {
            run.write(1, write, 10 + which);
            run.write(0, write, which);
            run.talk(100);
        }
        run.fleet.disconnect(0, 1);
        run.write(0, write, 5);
        run.write(1, write, 15);
        run.fleet.connect(0, 1);
        run.talk(2_000);
        run.write(0, write, 6);
        run
    }
}

/// Opens every prefix of the records, and lets it meet its peer again.
fn check<S: Lattice + PartialEq + std::fmt::Debug>(write: Write<S>, config: &Config) {
    let mut run = Run::script(write, config);
    let (records, moments) = (run.records.clone(), std::mem::take(&mut run.moments));
    assert!(records.len() > 10, "{}", records.len());
    let everything = {
        let mut everything = run.fleet.replicas[0].state().clone();
        everything.merge_ref(run.fleet.replicas[1].state());
        everything
    };
    run.fleet.persist(1);
    run.fleet.replicas[1].close();
    run.fleet.persist(1);
    let peer = run.fleet.stores[1].clone();
    let mut before = 0;
    for length in 0..=records.len() {
        let mut fleet = Fleet::<S>::new(2, config);
        fleet.now_ms = run.fleet.now_ms + 1_000;
        let store = Store { snapshot: None, records: records[..length].to_vec() };
        fleet.reopen(0, &store);
        fleet.reopen(1, &peer);
        let replica = &fleet.replicas[0];
        // What was there when this record was written, or a part of it: not less than before, …
        let (_, at_least) = moments.range(..=length).next_back().expect("the beginning");
        let at_most = moments.range(length..).next().map(|(_, moment)| moment);
        let mut joined = replica.state().clone();
        assert!(!joined.merge_ref(&at_least.state), "record {length} lost something");
        assert!(replica.position() >= at_least.position.max(before));
        for token in &at_least.covered {
            assert!(replica.covers(token), "{token} after record {length}");
        }
        // … and not more than after.
        if let Some(at_most) = at_most {
            let mut joined = at_most.state.clone();
            assert!(!joined.merge_ref(replica.state()), "record {length} tells too much");
            for token in run.tokens.iter().filter(|token| replica.covers(token)) {
                assert!(at_most.covered.contains(token), "{token} at record {length}");
            }
        }
        before = replica.position();
        // It goes on, and all that is durable anywhere is everywhere in the end.
        let now = fleet.now();
        fleet.persist(0);
        fleet.replicas[0].write_stamped(now, |s, me, at| write(s, me, at, 99)).expect("open");
        let mut all = replica_states(&fleet);
        fleet.connect(0, 1);
        fleet.run(60_000);
        assert!(fleet.are_equal(), "after record {length}");
        assert!(!all.merge_ref(fleet.replicas[0].state()), "out of nothing, after {length}");
        assert!(all == *fleet.replicas[0].state(), "lost, after record {length}");
        if length == records.len() {
            assert!(!all.merge_ref(&everything), "the whole store holds everything");
        }
    }
}

fn replica_states<S: Lattice>(fleet: &Fleet<S>) -> S {
    let mut all = S::default();
    for replica in &fleet.replicas {
        all.merge_ref(replica.state());
    }
    all
}

fn with_and_without_log<S: Lattice + PartialEq + std::fmt::Debug>(write: Write<S>) {
    check(write, &Config::default());
    check(write, &Config { log_bytes: 0, max_message: 1_024, ..Config::default() });
}

#[test]
fn or_set() {
    with_and_without_log::<OrSet<u64>>(|set, me, _, which| {
        let mut delta = set.add(me, which);
        delta.merge(set.remove(&(which.saturating_sub(1))));
        delta
    });
}

#[test]
fn document() {
    with_and_without_log::<Document>(|doc, me, stamp, which| {
        let written = doc.transact(Author::new(me, stamp), |tx| {
            tx.counter("writes").increment(1)?;
            tx.register("last").set(which.to_string())?;
            tx.set("all").add(which.to_string())
        });
        written.map_err(|error: WriteError| error).expect("in order")
    });
}

#[test]
fn tuple() {
    with_and_without_log::<(GSet<u64>, LwwRegister<u64>)>(|state, me, stamp, which| {
        (state.0.add(which), state.1.set(me, stamp, which).expect("a stamp"))
    });
}
