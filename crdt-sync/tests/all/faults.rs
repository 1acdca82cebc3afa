//! Mistakes that systems of this kind have made are made again, and the simulator finds each.
//!
//! That it finds nothing without them, in the same seeds, `simulation.rs` shows.

use std::collections::BTreeSet;

use crate::models::{TagsAndTitle, Texts};
use crdt_core::laws::{Author, Model};
use crdt_core::wire::{DecodeError, Reader, Writer};
use crdt_core::{Admit, AdmitError, Delta, Limits, Merge, ReplicaId, Timestamp, Wire};
use crdt_sets::model::OrSetModel;
use crdt_sync::simulation::{Fault, Law, Simulation};
use crdt_sync::{Config, Lattice};

/// How many seeds are tried.
const MOST_SEEDS: u64 = 3_000;

/// Over how many of them it is looked which laws the mistake breaks.
const LOOKED_AT: u64 = 150;

/// Checks that a replica which makes this mistake breaks this law.
fn breaks<M: Model<State: Lattice>>(fault: Fault, law: Law) {
    let config = Config { fault: Some(fault), ..Config::default() };
    let simulation = Simulation::new().with_config(config).with_shrinks(0);
    let mut broken = BTreeSet::new();
    for seed in 0..MOST_SEEDS {
        if let Err(failure) = simulation.run::<M>(seed) {
            broken.insert(failure.law());
        }
        if broken.contains(&law) {
            return;
        }
        assert!(seed < LOOKED_AT || broken.is_empty(), "{fault:?} breaks {broken:?}, not {law:?}");
    }
    panic!("{fault:?} is not found");
}

type Sets = OrSetModel<(bool, bool)>;

#[test]
fn knowledge_across_a_gap_shows_tokens_whose_writes_are_not_there() {
    breaks::<Sets>(Fault::KnowAcrossGaps, Law::Tokens);
}

#[test]
fn an_acknowledgement_before_it_is_durable_counts_members_that_lose_the_write() {
    breaks::<Sets>(Fault::AcknowledgeEarly, Law::Members);
}

#[test]
fn sending_before_it_is_durable_makes_a_crash_look_like_a_restored_backup() {
    breaks::<Sets>(Fault::SendEarly, Law::Identity);
}

#[test]
fn positions_used_again_hide_a_restored_backup() {
    breaks::<Sets>(Fault::ReusePositions, Law::Identity);
}

#[test]
fn an_id_is_not_used_again_after_a_crash() {
    breaks::<Sets>(Fault::ReuseId, Law::Identity);
}

#[test]
fn what_was_said_to_a_former_opening_acknowledges_what_is_lost() {
    breaks::<Sets>(Fault::TrustOldMessages, Law::Members);
}

#[test]
fn a_merge_does_not_clear_what_is_to_be_sent() {
    breaks::<Sets>(Fault::ClearOnMerge, Law::Silence);
}

#[test]
fn the_first_part_of_a_change_does_not_count_for_all_of_it() {
    breaks::<Texts>(Fault::CountFirstPart, Law::Tokens);
}

#[test]
fn what_the_log_no_longer_holds_is_still_owed() {
    breaks::<Sets>(Fault::ForgetTrimmed, Law::Silence);
}

#[test]
fn what_is_merged_is_passed_on() {
    breaks::<Sets>(Fault::KeepToOneself, Law::Members);
}

#[test]
fn what_waits_in_quarantine_does_not_count_as_included() {
    breaks::<TagsAndTitle>(Fault::CountQuarantined, Law::Tokens);
}

#[test]
fn a_reopened_store_covers_what_it_covered() {
    breaks::<Sets>(Fault::ForgetPast, Law::Store);
}

#[test]
fn a_message_without_news_does_not_acknowledge_them() {
    breaks::<Sets>(Fault::AcknowledgeUnheard, Law::Coverage);
}

/// A register whose merge keeps its own value when two were written at the same instant: what one
/// replica calls old news is news to the other, and a relay between them passes neither on.
#[derive(Clone, Debug, Default, PartialEq)]
struct Tied(Option<(Timestamp, u8)>);

impl Merge for Tied {
    fn merge(&mut self, other: Self) -> bool {
        let is_later = other.0.map(|written| written.0) > self.0.map(|written| written.0);
        if is_later {
            *self = other;
        }
        is_later
    }
}

impl Delta for Tied {
    type Digest = Option<u64>;

    fn digest(&self) -> Option<u64> {
        self.0.map(|(timestamp, _)| timestamp.to_bits())
    }

    fn delta_since(&self, seen: &Option<u64>) -> Self {
        if self.digest() > *seen { self.clone() } else { Self::default() }
    }

    fn is_bottom(&self) -> bool {
        self.0.is_none()
    }
}

impl Wire for Tied {
    fn write_to(&self, writer: &mut Writer) {
        self.0.map(|(timestamp, value)| (timestamp.to_bits(), value)).write_to(writer);
    }

    fn read_from(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let written = Option::<(u64, u8)>::read_from(reader)?;
        Ok(Self(written.map(|(bits, value)| (Timestamp::from_bits(bits), value))))
    }
}

impl Admit for Tied {
    fn admit(
        &self,
        _incoming: &Self,
        _me: ReplicaId,
        _now_ms: u64,
        _limits: &Limits,
    ) -> Result<(), AdmitError> {
        Ok(())
    }
}

struct TiedModel;

impl Model for TiedModel {
    type State = Tied;
    type Operation = u8;
    type Observed = Option<u8>;

    fn apply(state: &mut Tied, author: &Author, value: &u8) -> Tied {
        *state = Tied(Some((author.timestamp, *value)));
        state.clone()
    }

    fn observe(state: &Tied) -> Option<u8> {
        state.0.map(|(_, value)| value)
    }
}

#[test]
fn a_tie_that_each_decides_for_itself_is_found() {
    let simulation = Simulation::new().with_shrinks(0);
    let failure = simulation.run_all::<TiedModel>(0..MOST_SEEDS).expect_err("states differ");
    assert_eq!(failure.law(), Law::Convergence, "{failure}");
}
