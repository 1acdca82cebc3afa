//! The enumeration finds what random runs find, and the shortest run to it.

use std::panic::catch_unwind;

use crdt_core::laws::exhaust;

use super::digest_without_live::DigestWithoutLive;
use super::kill_log::{ByDotsSeen, ByKills, KillLogModel};
use super::toys::or_set::{Correct, Operation, OrSetModel};

const TWO_ELEMENTS: [Operation; 4] =
    [Operation::Add(1), Operation::Add(2), Operation::Remove(1), Operation::Remove(2)];
const ONE_ELEMENT: [Operation; 2] = [Operation::Add(1), Operation::Remove(1)];

#[test]
fn correct_or_set_passes_on_two_replicas_and_two_elements() {
    let seen = exhaust::<OrSetModel<Correct>>(2, &TWO_ELEMENTS, 5);
    eprintln!("{seen:?}");
}

#[test]
fn correct_or_set_passes_on_three_replicas_and_one_element() {
    let seen = exhaust::<OrSetModel<Correct>>(3, &ONE_ELEMENT, 5);
    eprintln!("{seen:?}");
}

#[test]
fn kill_log_by_kills_passes() {
    let seen = exhaust::<KillLogModel<ByKills>>(2, &ONE_ELEMENT, 5);
    eprintln!("{seen:?}");
}

/// The report of an enumeration that panics.
fn report<M: crdt_core::laws::Model>(replicas: usize, operations: &[M::Operation]) -> String
where
    M::Operation: std::panic::RefUnwindSafe,
{
    let panic = catch_unwind(|| exhaust::<M>(replicas, operations, 5)).expect_err("broken");
    *panic.downcast::<String>().expect("a report")
}

#[test]
fn removal_that_no_digest_shows_is_found_in_three_steps() {
    let report = report::<OrSetModel<DigestWithoutLive>>(2, &ONE_ELEMENT);
    println!("{report}");
}

#[test]
fn kill_log_by_dots_seen_is_rejected_in_five_steps() {
    let report = report::<KillLogModel<ByDotsSeen>>(2, &ONE_ELEMENT);
    println!("{report}");
}
