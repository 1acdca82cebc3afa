//! The enumeration finds what random runs find, and the shortest run to it.

use std::panic::{RefUnwindSafe, catch_unwind};

use crdt_core::laws::{Model, exhaust};

use super::digest_without_live::DigestWithoutLive;
use super::full_context_on_answer::FullContextOnAnswer;
use super::kill_log::{ByDotsSeen, ByKills, KillLogModel, OfRemovalsOnly};
use super::local_wins_tie::LocalWinsTie;
use super::max_only_context::MaxOnlyContext;
use super::toys::or_set::{Correct, Operation, OrSetModel};
use super::toys::register::{self, RegisterModel};
use super::toys::tally::{self, TallyModel};

const TWO_ELEMENTS: [Operation; 4] =
    [Operation::Add(1), Operation::Add(2), Operation::Remove(1), Operation::Remove(2)];
const ONE_ELEMENT: [Operation; 2] = [Operation::Add(1), Operation::Remove(1)];

#[test]
fn correct_types_pass() {
    exhaust::<OrSetModel<Correct>>(2, &TWO_ELEMENTS, 5);
    exhaust::<OrSetModel<Correct>>(3, &ONE_ELEMENT, 5);
    exhaust::<KillLogModel<ByKills>>(2, &ONE_ELEMENT, 5);
    exhaust::<RegisterModel<register::Correct>>(2, &[false, true], 5);
    exhaust::<TallyModel<tally::Correct>>(3, &[()], 5);
}

/// One replica that counts: its total is the number of steps, and nothing else can happen.
#[test]
fn everything_is_counted_once() {
    let seen = exhaust::<TallyModel<tally::Correct>>(1, &[()], 3);
    // Totals of 0 to 3; the deltas of a total that grows alone are its states.
    assert_eq!((seen.configurations, seen.states), (4, 4), "{seen:?}");
    // Each with itself, and, but for bottom, each with every other.
    assert_eq!(seen.pairs, 1 + 9, "{seen:?}");

    // One step of either of two replicas, and then: both, one twice, or one delivered, be it as a
    // whole state or as a delta.
    let seen = exhaust::<TallyModel<tally::Correct>>(2, &[()], 1);
    assert_eq!(seen.configurations, 3, "{seen:?}");
    let seen = exhaust::<TallyModel<tally::Correct>>(2, &[()], 2);
    assert_eq!(seen.configurations, 3 + 5, "{seen:?}");
}

/// The report of an enumeration that panics.
fn report<M: Model>(replicas: usize, operations: &[M::Operation]) -> String
where
    M::Operation: RefUnwindSafe,
{
    let panic = catch_unwind(|| exhaust::<M>(replicas, operations, 5)).expect_err("broken");
    *panic.downcast::<String>().expect("a report")
}

#[test]
fn broken_types_are_rejected_with_the_shortest_run() {
    let unseen = report::<OrSetModel<DigestWithoutLive>>(2, &ONE_ELEMENT);
    assert!(unseen.starts_with("\nbroken law DeltaIsExact: "), "{unseen}");
    assert!(unseen.contains("  p (delta #1) "), "{unseen}");
    let shortest =
        "shortest run:\n  1. A writes Add(1): delta #1\n  2. A writes Add(1): delta #2\n";
    assert!(unseen.ends_with(shortest), "{unseen}");

    let logged = report::<KillLogModel<ByDotsSeen>>(2, &ONE_ELEMENT);
    assert!(logged.starts_with("\nbroken law DeltaIsExact: "), "{logged}");
    assert!(logged.contains("\n  3. ") && !logged.contains("\n  4. "), "{logged}");

    let removals = report::<KillLogModel<OfRemovalsOnly>>(2, &ONE_ELEMENT);
    assert!(removals.starts_with("\nbroken law DeltaIsExact: "), "{removals}");
    assert!(removals.contains("\n  2. ") && !removals.contains("\n  4. "), "{removals}");

    let full = report::<OrSetModel<FullContextOnAnswer>>(2, &ONE_ELEMENT);
    assert!(full.contains("\n  2. ") && !full.contains("\n  3. "), "{full}");

    let tied = report::<RegisterModel<LocalWinsTie>>(2, &[false]);
    assert!(tied.starts_with("\nbroken law Commutativity: "), "{tied}");

    let holes = report::<OrSetModel<MaxOnlyContext>>(2, &TWO_ELEMENTS);
    assert!(holes.starts_with("\nbroken law "), "{holes}");
}
