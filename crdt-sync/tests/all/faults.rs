//! Mistakes that systems of this kind have made are made again, and each is found: those of the
//! protocol by the simulator, those of a type by the law kit.
//!
//! A fault is a variant of `Fault`, tested here; a twin is a file of `crdt-core/tests/broken_types/`,
//! tested in its `main.rs`. That nothing is found without them, in the same seeds, `simulation.rs` and
//! the correct twins show.
//!
//! | the mistake, and who made it | made again by | found by |
//! |---|---|---|
//! | **what a peer lacks** | | |
//! | the entries, with the sender's whole context: `delta_crdt_ex#65` | twin `full_context_on_answer`, `full_context_on_write` | `DeltaIsExact`, `MutatorIsMerge`; two steps |
//! | the entries and the context that it lacks | twin `digest_without_live` | `DeltaIsExact`; two steps |
//! | … and the kills of removals, but not of what was added again | twin `kill_log::OfRemovalsOnly` | `DeltaIsExact`; three steps |
//! | … and all kills, by the dots that it has seen, where a delta may be lost | twin `kill_log::ByDotsSeen` | `DeltaIsExact`; three steps |
//! | **intervals of a log** | | |
//! | a receiver that was rolled back is taken to have what it acknowledged before | fault `TrustOldMessages` | `Members` |
//! | the count of the log begins anew after a crash | fault `ReusePositions` | `Identity` |
//! | one that is gone pins the log: `delta_crdt_ex#13` | faults `KeepForTheDead`, `WaitForTheRetired` | `Drain` |
//! | … or what was dropped for it counts as sent | fault `ForgetTrimmed` | `Silence` |
//! | sent before it is durable | fault `SendEarly` | `Identity` |
//! | acknowledged before it is durable | fault `AcknowledgeEarly` | `Members`; four steps in `small_scope.rs` |
//! | a part counts for the whole: ADE#403, on cr-sqlite | fault `CountFirstPart` | `Tokens` |
//! | what is to be sent is cleared by a merge: swift-distributed-actors#210 | fault `ClearOnMerge` | `Silence` |
//! | an interval that does not connect counts as included: the condition for causal merging | fault `KnowAcrossGaps` | `Tokens`; six steps in `small_scope.rs` |
//! | equal writes, each no news to the other, are relayed as nothing and count as included: `cr-sqlite#413` | fault `KeepToOneself`; a tie that each decides for itself: twin `local_wins_tie`, and here | `Tokens`, `Members`; `Commutativity`, `Convergence` |
//! | **dots** | | |
//! | only the greatest counter of each replica is kept, so holes delete: Akka#22188 | twin `max_only_context` | `Idempotence` and the other laws of the join |
//! | an element stays as both sides have it: `riak_dt#82` | twin `both_have_it` | `MutatorIsMerge`, `Associativity` |
//! | a merge is left out as the clock has nothing new: `riak_dt#78` | twin `context_decides` | `MutatorIsMerge` |
//! | a removal that comes early waits in a list, which is lost: `riak_dt#99`, #113 | twin `early_removal_is_lost`; there is no such list here, what is removed is dead in the context | `OrderIndependence` and the laws of the join |
//! | a counter's total outlives its reset: `riak_dt#98` | twin `reset_that_comes_back` | its definition, as it does converge; so do `crdt-counters/tests/resettable_counter.rs` and `crdt-document/tests/properties.rs` |
//! | a dot is used again after a crash, in a copy or after a restore: dson, turso#8129 | fault `ReuseId` | `Identity` |
//! | … or as its counter is read from where it is behind: super-productivity#9080 | twin `dot_minted_again` | `MutatorIsMerge` |
//! | the dots that may be in use are skipped, and claimed as known | twin `renewal_skips_ahead`; fault `ClaimSkipped` | `RenewedIsUnclaimed`; told at length here |
//! | the entry of a dead replica stays in contexts for good | not mended: `Replica::retire` says what it costs | |
//!
//! Faults that are not in that list are mistakes which were made here while this was written.

use std::collections::BTreeSet;

use crate::models::{TagsAndTitle, Texts};
use crate::support::Fleet;
use crdt_core::laws::{Author, Model};
use crdt_core::wire::{DecodeError, Reader, Writer};
use crdt_core::{Admit, AdmitError, Delta, Limits, Merge, ReplicaId, Timestamp, Wire};
use crdt_sets::OrSet;
use crdt_sets::model::OrSetModel;
use crdt_sync::simulation::{Fault, Law, Simulation};
use crdt_sync::{Config, Lattice};

/// How many seeds are tried.
const MOST_SEEDS: u64 = 3_000;

/// Over how many of them it is looked which laws the mistake breaks.
const LOOKED_AT: u64 = 600;

/// Checks that a replica which makes this mistake breaks this law.
fn breaks<M: Model<State: Lattice>>(fault: Fault, law: Law) {
    let config = Config { fault: Some(fault), ..Config::default() };
    finds::<M>(&Simulation::new().with_config(config), &format!("{fault:?}"), law);
}

/// Checks that this law is found to be broken, among others.
fn finds<M: Model<State: Lattice>>(simulation: &Simulation, mistake: &str, law: Law) {
    let simulation = simulation.clone().with_shrinks(0);
    let mut broken = BTreeSet::new();
    for seed in 0..MOST_SEEDS {
        if let Err(failure) = simulation.run::<M>(seed) {
            broken.insert(failure.law());
        }
        if broken.contains(&law) {
            return;
        }
        assert!(seed < LOOKED_AT || broken.is_empty(), "{mistake} breaks {broken:?}, not {law:?}");
    }
    panic!("{mistake} is not found");
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
fn what_a_broadcast_leaves_out_counts_although_it_is_not_there() {
    breaks::<Sets>(Fault::IncludeWithoutRequired, Law::Tokens);
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

#[test]
fn a_log_is_bounded_whoever_is_gone() {
    breaks::<Sets>(Fault::KeepForTheDead, Law::Drain);
}

#[test]
fn nothing_is_kept_for_those_who_do_not_come_back() {
    breaks::<Sets>(Fault::WaitForTheRetired, Law::Drain);
}

/// What two copies of a store write lets the simulator lose, as it may be; so this is told at length.
#[test]
fn what_was_never_written_here_is_not_claimed_as_dead() {
    let remains = |fault| {
        let config = Config { fault, ..Config::default() };
        let mut fleet = Fleet::<OrSet<u8>>::new(3, &config);
        fleet.replicas[0].close();
        fleet.persist(0);
        let store = fleet.stores[0].clone();
        for (copy, element) in [(0, 10), (1, 11)] {
            fleet.reopen(copy, &store);
            let now = fleet.now();
            fleet.replicas[copy].write(now, |set, me| set.add(me, element)).expect("open");
        }
        fleet.connect(0, 2);
        fleet.run(1_000);
        fleet.connect(1, 2);
        fleet.run(60_000);
        fleet.replicas[2].state().iter().count()
    };
    assert_eq!((remains(None), remains(Some(Fault::ClaimSkipped))), (2, 1));
}

#[test]
fn a_relay_that_passes_on_claims_and_not_the_change_is_found() {
    breaks::<Sets>(Fault::KeepToOneself, Law::Tokens);
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
    finds::<TiedModel>(&Simulation::new(), "such a tie", Law::Convergence);
}
