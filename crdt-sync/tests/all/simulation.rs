//! Replicas of every kind of state in a simulated world, and what has to hold there.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::models::{Auction, Counters, Crowd, TagsAndTitle, Texts};
use crdt_core::laws::Model;
use crdt_document::model::DocumentModel;
use crdt_sets::model::OrSetModel;
use crdt_sync::Lattice;
use crdt_sync::simulation::Simulation;

#[test]
fn named_counters() {
    Simulation::new().check::<Counters>(0..300);
}

#[test]
fn tags_and_title() {
    Simulation::new().check::<TagsAndTitle>(0..300);
}

#[test]
fn observed_remove_sets() {
    Simulation::new().check::<OrSetModel<(bool, bool)>>(0..300);
}

#[test]
fn a_lattice_of_somebody_else() {
    Simulation::new().check::<Auction>(0..300);
}

#[test]
fn documents() {
    Simulation::new().check::<DocumentModel>(0..300);
}

#[test]
fn changes_longer_than_messages() {
    Simulation::new().check::<Texts>(0..200);
}

#[test]
fn sets_that_differ_in_a_few_of_many() {
    Simulation::new().check::<Crowd>(0..100);
}

#[test]
fn long_lives() {
    Simulation::new().with_steps(400).check::<OrSetModel<(bool, bool)>>(0..20);
    Simulation::new().with_steps(400).check::<TagsAndTitle>(0..20);
}

/// Every kind of trouble, and every way in which replicas come together: a simulation in which one of
/// them does not occur says nothing of it.
const ALL: [&str; 42] = [
    "a backup is restored",
    "a clean end",
    "a clock jumps",
    "a crash",
    "a disk is copied",
    "a message is cut off",
    "a message is damaged",
    "a message is lost",
    "a message is overtaken",
    "a message is repeated",
    "a message outlives its connection",
    "a quarantine is emptied",
    "a record is cut short",
    "a retirement",
    "a snapshot",
    "all begin again",
    "all meet again",
    "an upgrade",
    "event Covered",
    "event Durable",
    "event Forked",
    "event Lag",
    "event Quarantined",
    "event Refused",
    "event RefusedByPeer",
    "event Renewed",
    "event Restored",
    "message Fingerprint, as the log does not reach back",
    "message Fingerprint, for good measure",
    "message Part of a long change",
    "message Part of the log from its beginning, or of all",
    "message Part of what was found to differ",
    "message Same",
    "message Update with a change",
    "probe Cells",
    "probe Content",
    "probe Digest",
    "probe First cells",
    "probe Found",
    "probe Parts",
    "somebody comes",
    "somebody leaves for good",
];

#[test]
fn everything_that_there_is_happens_several_times() {
    let mut happened = BTreeMap::new();
    count::<TagsAndTitle>(0..300, &mut happened);
    count::<OrSetModel<(bool, bool)>>(0..150, &mut happened);
    count::<Texts>(0..150, &mut happened);
    count::<Crowd>(0..100, &mut happened);
    let rare = ALL.into_iter().filter(|what| happened.get(what).copied().unwrap_or_default() < 3);
    assert_eq!(rare.collect::<Vec<_>>(), [""; 0], "{happened:#?}");
}

fn count<M: Model<State: Lattice>>(seeds: Range<u64>, happened: &mut BTreeMap<&'static str, u64>) {
    for seed in seeds {
        let report = Simulation::new().run::<M>(seed).expect("everything holds");
        for (what, times) in report.happened {
            *happened.entry(what).or_default() += times;
        }
    }
}

#[test]
fn a_seed_is_a_run_byte_for_byte() {
    for seed in 0..20 {
        let run = || Simulation::new().run::<TagsAndTitle>(seed).expect("everything holds");
        assert_eq!(run(), run());
    }
}
