//! Replicas of every kind of state in a simulated world, and what has to hold there.

use crate::models::{Auction, Counters, TagsAndTitle, Texts};
use crdt_document::model::DocumentModel;
use crdt_sets::model::OrSetModel;
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
fn a_seed_is_a_run_byte_for_byte() {
    for seed in 0..20 {
        let run = || Simulation::new().run::<TagsAndTitle>(seed).expect("everything holds");
        assert_eq!(run(), run());
    }
}
